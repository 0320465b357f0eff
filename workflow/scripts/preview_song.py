"""Rule preview_song: a stretch of a song as recorded and as transcribed, and its roll."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.songstamps import make_song
from mathrock.steps import preview_song

make_song(preview_song.run, snakemake, tell)
