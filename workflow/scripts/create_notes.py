"""Rule create_notes: what was heard in one recording becomes MIDI."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import create_notes
from mathrock.songs.shards.stamps import make_song

make_song(create_notes.run, snakemake, log_line)
