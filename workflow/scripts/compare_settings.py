"""Rule compare_settings: the trainings of an experiment in one table."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.training.comparison_table import write_table

write_table(snakemake.output[0], list(snakemake.input), snakemake.params.base)
