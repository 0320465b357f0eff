"""Rule import_score: a song that is a score already, such as MIDI, and its beats."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.song_rules import import_score
from mathrock.songs.shards.stamps import make_song

make_song(import_score.run, snakemake, log_line)
