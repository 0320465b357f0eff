"""Rule encode_roll: one song's MIDI becomes a piano roll."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock import pianoroll
from mathrock.midifile import read_score
from mathrock.status import read_status, write_status

score = read_score(snakemake.input.midi)
roll = pianoroll.encode(score.pitched_notes, snakemake.params.steps_per_second, score.drum_hits)
pianoroll.save(snakemake.output.roll, roll)
grid = pianoroll.describe_grid(score, snakemake.params.steps_per_second)
write_status(snakemake.output.status, read_status(snakemake.input.status).with_facts(grid=grid))
