"""Rule encode_roll: one song's MIDI becomes a piano roll."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.songstamps import make_song
from mathrock.steps import encode_roll

make_song(encode_roll.run, snakemake, tell)
