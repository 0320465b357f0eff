"""Rule list_takes: the finished tracks in one table."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.generation.take_table import write_table

files = snakemake.input
write_table(snakemake.output[0], list(files.tracks), list(files.made), list(files.metrics))
