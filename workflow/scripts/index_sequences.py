"""Rule index_sequences: what each packed song is for, and what is usual of them."""

from pathlib import Path

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.dataset.index import write_index
from mathrock.files.json_files import read_json
from mathrock.songs.manifest import read_manifest

packed = {}
for shard in map(Path, snakemake.input.shards):
    packed |= {song: {"shard": shard.parent.name} | f for song, f in read_json(shard).items()}
songs = {
    song["id"]: {"genre": song["genre"]} | packed[song["id"]]
    for song in read_manifest(snakemake.input.songs)
    if song["id"] in packed
}
folder, params = Path(snakemake.output[0]).parent, snakemake.params
summary = write_index(folder, songs, params.steps_per_second, **params.knobs)
for split, holds in summary.items():
    log_line(f"{split}: {holds['songs']} songs, {holds['hours']} hours, {holds['windows']} windows")
