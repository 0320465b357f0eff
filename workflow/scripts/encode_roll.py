"""Rule encode_roll: one song's MIDI becomes a piano roll."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock import pianoroll
from mathrock.midifile import read_score
from mathrock.rollgrid import encode_song
from mathrock.status import read_status, write_status

score, status = read_score(snakemake.input.midi), read_status(snakemake.input.status)
roll, status = encode_song(score, status, **snakemake.params.knobs)
pianoroll.save(snakemake.output.roll, roll)
write_status(snakemake.output.status, status)
