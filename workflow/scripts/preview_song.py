"""Rule preview_song: a stretch of a song as recorded and as transcribed, and its roll."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.atomic import write_text
from mathrock.midifile import read_score
from mathrock.report.pianorolls import draw_file
from mathrock.report.previews import played, recorded, stretch_of
from mathrock.report.smallmp3 import write_preview
from mathrock.status import read_status
from mathrock.steadyfile import unchanged
from mathrock.synthesis import SAMPLE_RATE

params, output = snakemake.params, snakemake.output
status, score = read_status(snakemake.input.status), read_score(snakemake.input.midi)
stretch = stretch_of(status.facts.get("duration", 0.0), params.seconds)
heard = rendered = None
with unchanged(params.song):
    if status.ok:
        heard = None if params.is_midi else recorded(params.song["path"], *stretch)
        rendered = played(score, *stretch, snakemake.input.soundfont, params.engine)
    write_preview(output.recording, heard, SAMPLE_RATE)
write_preview(output.transcription, rendered, SAMPLE_RATE)
write_text(output.roll, draw_file(score, status.song, stretch) if status.ok else "")
