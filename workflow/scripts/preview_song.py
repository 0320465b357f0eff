"""Rule preview_song: a stretch of a song as recorded and as transcribed, and its roll."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import preview_song
from mathrock.songs.shards.stamps import make_song

make_song(preview_song.run, snakemake, log_line)
