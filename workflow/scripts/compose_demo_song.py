"""Rule compose_demo_song: a piece of our own as MIDI."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.demosongs import compose
from mathrock.midifile import write_score

write_score(snakemake.output[0], compose(snakemake.wildcards.piece))
