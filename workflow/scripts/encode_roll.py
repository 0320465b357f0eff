"""Rule encode_roll: one song's MIDI becomes a piano roll."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import encode_roll
from mathrock.songs.shards.stamps import make_song

make_song(encode_roll.run, snakemake, log_line)
