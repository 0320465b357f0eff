"""A piano roll -> the key and scale, where songs come in shards; else `find_keys` finds all."""

import numpy as np

from mathrock.key import find_key
from mathrock.keytable import write_keys


def run(job, tell) -> None:
    """Do a song's part of the rule `find_keys`; `job` is like what Snakemake gives to a script."""
    roll = np.load(job.input.roll)
    keys = {job.params.song["id"]: find_key(roll)} if len(roll) else {}
    write_keys(job.output.keys, keys)
