"""Rule preview_song: excerpt a song, as recorded and as transcribed, and draw its roll."""

from mathrock.files.atomic import write_text
from mathrock.files.unchanged import unchanged
from mathrock.files.whole import NOTHING
from mathrock.formats.midi.reader import read_score
from mathrock.rendering.synthesis import SAMPLE_RATE
from mathrock.report.preview_mp3 import write_preview
from mathrock.report.previews import cut_recording, render_stretch, stretch_of
from mathrock.report.roll_drawing import draw_file
from mathrock.songs.song import SCORE_FORMATS
from mathrock.songs.status import read_status


def run(job, log) -> None:
    """Run a job of the rule; `job` has the attributes of the `snakemake` object of scripts."""
    params, output = job.params, job.output
    status, score = read_status(job.input.status), read_score(job.input.midi)
    stretch = stretch_of(status.facts.get("duration", 0.0), params.seconds)
    song, heard, rendered = params.song, None, None
    file = job.input.song or song["path"]
    with unchanged(song, file):
        if status.ok:
            heard = None if song["format"] in SCORE_FORMATS else cut_recording(file, *stretch)
            soundfont = job.input.soundfont or params.soundfont
            rendered = render_stretch(score, *stretch, soundfont, params.engine)
        write_preview(output.recording, heard, SAMPLE_RATE)
    write_preview(output.transcription, rendered, SAMPLE_RATE)
    roll = draw_file(score, status.song, stretch) if status.ok else NOTHING.decode()
    write_text(output.roll, roll)
