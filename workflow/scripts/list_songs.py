"""Rule list_songs: every song's status in one table."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.manifest import write_manifest
from mathrock.status import read_status

statuses = {status.song: status for status in map(read_status, snakemake.input.statuses)}
write_manifest(snakemake.output[0], snakemake.params.songs, statuses)
bad = [status for status in statuses.values() if not status.ok]
print(*bad, sep="\n")
if bad:
    tell(f"{len(bad)} of {len(statuses)} songs can't be used: see {snakemake.output[0]}")
