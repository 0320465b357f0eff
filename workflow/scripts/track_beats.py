"""Rule track_beats: the beats, bars and drums of one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.steps import track_beats

track_beats.run(snakemake, tell)
