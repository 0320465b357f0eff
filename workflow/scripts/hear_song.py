"""Rule hear_song: what Basic Pitch hears in one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.songstamps import make_song
from mathrock.steps import hear_song

make_song(hear_song.run, snakemake, tell)
