"""A piano roll -> the key and scale: a job a song where songs come in shards, else one for all."""

import numpy as np

from mathrock.pianoroll.key_estimation import find_key
from mathrock.songs.key_table import SongKey, write_keys


def key_in(roll: str) -> SongKey:
    """The key of the song whose piano roll is in this file."""
    return find_key(np.load(roll))


def run(job, tell) -> None:
    """Do a song's part of the rule `find_keys`; `job` is like what Snakemake gives to a script."""
    write_keys(job.output.keys, {job.params.song["id"]: key_in(job.input.roll)})
