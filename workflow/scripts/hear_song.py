"""Rule hear_song: what Basic Pitch hears in one recording."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import hear_song
from mathrock.songs.shards.stamps import make_song

make_song(hear_song.run, snakemake, log_line)
