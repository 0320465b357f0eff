"""Rule find_keys: the key and the scale of every usable song."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

import numpy as np

from mathrock.key import find_key
from mathrock.keytable import UNKNOWN, write_keys
from mathrock.manifest import read_manifest

rolls = dict(zip(snakemake.params.songs, snakemake.input.rolls, strict=True))
keys = {
    song["id"]: find_key(np.load(rolls[song["id"]]))
    for song in read_manifest(snakemake.input.songs)
    if song["status"] == "ok"
}
write_keys(snakemake.output[0], keys)
lost = sum(found.scale == UNKNOWN for found in keys.values())
if lost:
    tell(f"no scale was found for {lost} of {len(keys)} songs: see {snakemake.output[0]}")
