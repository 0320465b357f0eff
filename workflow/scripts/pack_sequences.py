"""Rule pack_sequences: the usable songs' rolls in one artifact, split by song."""

from pathlib import Path

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import sequences
from mathrock.manifest import read_manifest

paths = dict(zip(snakemake.params.songs, snakemake.input.rolls, strict=True))
rolls = {
    song["id"]: (paths[song["id"]], song["genre"])
    for song in read_manifest(snakemake.input.songs)
    if song["status"] == "ok"
}
folder = Path(snakemake.output.index).parent
summary = sequences.pack(rolls, folder, snakemake.params.steps_per_second, **snakemake.params.knobs)
for split, holds in summary.items():
    tell(f"{split}: {holds['songs']} songs, {holds['hours']} hours, {holds['windows']} windows")
