"""A song's MIDI -> its piano roll, and that packed for training."""

from mathrock.formats.midi import read_score
from mathrock.pianoroll import encoding, packed_song
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.status import read_status, write_status


def run(job, tell) -> None:
    """Do a job of the rule of this name; `job` is as Snakemake gives it to a script."""
    score, status = read_score(job.input.midi), read_status(job.input.status)
    roll, status = encode_song(score, status, **job.params.knobs)
    encoding.save(job.output.roll, roll)
    packed_song.save(job.output.packed, packed_song.pack_song(roll))
    write_status(job.output.status, status)
