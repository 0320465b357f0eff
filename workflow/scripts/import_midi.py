"""Rule import_midi: a song that is MIDI already, and its beats."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import import_midi
from mathrock.songs.shards.stamps import make_song

make_song(import_midi.run, snakemake, log_line)
