"""Rule track_beats: the beats, bars and drums of one recording."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import track_beats
from mathrock.songs.shards.stamps import make_song

make_song(track_beats.run, snakemake, log_line)
