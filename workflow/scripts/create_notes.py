"""Rule create_notes: what was heard in one recording becomes MIDI."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.songstamps import make_song
from mathrock.steps import create_notes

make_song(create_notes.run, snakemake, tell)
