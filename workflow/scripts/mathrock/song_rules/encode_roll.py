"""Rule encode_roll: encode a song's MIDI as a piano roll, and pack the roll for training."""

from mathrock.formats.midi.reader import read_score
from mathrock.pianoroll import encoding, packed_song
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.status import read_status, write_status


def run(job, log) -> None:
    """Run a job of the rule; `job` has the attributes of the `snakemake` object of scripts."""
    score, status = read_score(job.input.midi), read_status(job.input.status)
    roll, status = encode_song(score, status, **job.params.knobs)
    encoding.save(job.output.roll, roll)
    packed_song.save(job.output.packed, packed_song.pack_song(roll))
    write_status(job.output.status, status)
