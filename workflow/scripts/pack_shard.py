"""Rule pack_shard: the usable songs of a shard, or all of them, one after another."""

from pathlib import Path

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.dataset.shard_files import write_songs
from mathrock.files.json_files import write_json
from mathrock.songs.shards.tables import files_of
from mathrock.songs.status import read_status

statuses = {song: read_status(path) for song, path in files_of(snakemake.input.statuses, "status")}
usable = {song for song, status in statuses.items() if status.ok}
paths = {s: path for s, path in files_of(snakemake.input.packed, "packed") if s in usable}
grids = {song: statuses[song].facts["grid"] for song in paths}
folder = Path(snakemake.output.songs).parent
songs = write_songs(folder, paths, grids, snakemake.params.steps_per_second)
write_json(snakemake.output.songs, songs)
