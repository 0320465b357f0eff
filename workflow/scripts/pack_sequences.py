"""Rule pack_sequences: the usable songs' rolls in one artifact, split by song."""

from pathlib import Path

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import packing
from mathrock.manifest import read_manifest
from mathrock.status import read_status

inputs = zip(snakemake.input.rolls, snakemake.input.statuses, strict=True)
paths = dict(zip(snakemake.params.songs, inputs, strict=True))
rolls, grids = {}, {}
for song in read_manifest(snakemake.input.songs):
    if song["status"] == "ok":
        roll, status = paths[song["id"]]
        rolls[song["id"]] = roll, song["genre"]
        grids[song["id"]] = read_status(status).facts["grid"]
folder = Path(snakemake.output.index).parent
rate = snakemake.params.steps_per_second
summary = packing.pack(rolls, folder, rate, **snakemake.params.knobs, grids=grids)
for split, holds in summary.items():
    tell(f"{split}: {holds['songs']} songs, {holds['hours']} hours, {holds['windows']} windows")
