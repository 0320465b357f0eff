"""Rule compose_demo_song: a piece of our own as MIDI."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.demo.songs import compose
from mathrock.formats.midi.writer import write_score

write_score(snakemake.output[0], compose(snakemake.wildcards.piece))
