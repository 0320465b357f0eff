"""Rule import_midi: a song that is MIDI already, and its beats."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.songstamps import make_song
from mathrock.steps import import_midi

make_song(import_midi.run, snakemake, tell)
