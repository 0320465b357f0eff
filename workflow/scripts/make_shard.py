"""Rules hear_shard to preview_shard: a step of the workflow for the songs of a shard."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from importlib import import_module

from mathrock.songs.shards.jobs import make_songs

step = import_module(f"mathrock.song_rules.{snakemake.params.step['name']}")
make_songs(step.run, snakemake, log_line)
