"""Rule pack_shard: the usable songs of a shard, or all of them, one after another."""

from pathlib import Path

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.planes import PLANES
from mathrock.provenance import write_json
from mathrock.shardfiles import write_songs
from mathrock.shardtables import files_of
from mathrock.status import read_status

statuses = {song: read_status(path) for song, path in files_of(snakemake.input.statuses, "status")}
usable = {song for song, status in statuses.items() if status.ok}
paths = {s: path for s, path in files_of(snakemake.input.packed, "packed") if s in usable}
grids = {song: statuses[song].facts["grid"] for song in paths}
folder = Path(snakemake.output.songs).parent
songs = write_songs(folder, paths, grids, snakemake.params.steps_per_second, len(PLANES))
write_json(snakemake.output.songs, songs)
