"""Rules hear_shard to preview_shard: a step of the workflow for the songs of a shard."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from importlib import import_module

from mathrock.shardjobs import make_songs

step = import_module(f"mathrock.steps.{snakemake.params.step['name']}")
make_songs(step.run, snakemake, tell)
