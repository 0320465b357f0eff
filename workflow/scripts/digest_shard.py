"""Rule digest_shard: which songs of a shard have changed."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.files.tsv import read_rows
from mathrock.files.unchanged import FileChanged
from mathrock.songs.shards.digests import write_digests

songs = read_rows(snakemake.input.songs)
read = write_digests(snakemake.output[0], songs, snakemake.params.known)
if read_rows(snakemake.input.songs) != songs:  # Snakemake would take the new list for the old
    raise FileChanged("the list of songs changed while it was read: run again")
log_line(f"{read} of {len(songs)} songs are new or changed")
