"""Rule track_beats: the beats, bars and drums of one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.songstamps import make_song
from mathrock.steps import track_beats

make_song(track_beats.run, snakemake, tell)
