"""Rule list_songs: every song's status in one table."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.files.tsv import read_rows
from mathrock.songs.manifest import write_manifest
from mathrock.songs.shards.tables import files_of
from mathrock.songs.status import read_status

songs = [song for path in snakemake.input.songs for song in read_rows(path)]
songs = sorted(songs, key=lambda song: song["path"]) or snakemake.params.songs
statuses = dict(files_of(snakemake.input.statuses, "status"))
bad = write_manifest(snakemake.output[0], songs, lambda song: read_status(statuses[song]))
print(*bad, sep="\n")
if bad:
    log_line(f"{len(bad)} of {len(songs)} songs can't be used: see {snakemake.output[0]}")
