"""Rule import_reference: a song to compare with becomes MIDI and a piano roll."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.files.unchanged import unchanged
from mathrock.formats.midi.writer import write_score
from mathrock.pianoroll import encoding
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.reference_import import import_reference
from mathrock.songs.status import write_status

song = snakemake.params.song
file = snakemake.input.song or song["path"]
with unchanged(song, file):
    score, status = import_reference(song, file, **snakemake.params.band)
    roll, status = encode_song(score, status, **snakemake.params.grid)
    write_score(snakemake.output.midi, score)
    encoding.save(snakemake.output.roll, roll)
    write_status(snakemake.output.status, status)
if not status.ok or status.warnings:
    log_line(str(status))
