"""Rule import_reference: a song to compare with becomes MIDI and a piano roll."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import pianoroll
from mathrock.midifile import write_score
from mathrock.referencesong import take_in
from mathrock.rollgrid import encode_song
from mathrock.status import write_status
from mathrock.steadyfile import unchanged

song = snakemake.params.song
file = snakemake.input.song or song["path"]
with unchanged(song, file):
    score, status = take_in(song, file, **snakemake.params.band)
    roll, status = encode_song(score, status, **snakemake.params.grid)
    write_score(snakemake.output.midi, score)
    pianoroll.save(snakemake.output.roll, roll)
    write_status(snakemake.output.status, status)
if not status.ok or status.warnings:
    tell(str(status))
