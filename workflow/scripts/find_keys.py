"""Rule find_keys: the key and the scale of every usable song."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules.find_key import key_in
from mathrock.songs.key_table import UNKNOWN, read_keys, write_keys
from mathrock.songs.manifest import read_manifest
from mathrock.songs.shards.tables import files_of

rolls = dict(files_of(snakemake.input.rolls, "roll"))
found = dict(files_of(snakemake.input.found_keys, "keys"))
keys = {}
for song in (row["id"] for row in read_manifest(snakemake.input.songs) if row["status"] == "ok"):
    keys |= read_keys(found[song]) if found else {song: key_in(rolls[song])}
write_keys(snakemake.output[0], keys)
lost = sum(found.scale == UNKNOWN for found in keys.values())
if lost:
    log_line(f"no scale was found for {lost} of {len(keys)} songs: see {snakemake.output[0]}")
