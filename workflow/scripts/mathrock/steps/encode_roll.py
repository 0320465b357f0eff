"""A song's MIDI -> its piano roll, and that packed for training."""

from mathrock import packedsong, pianoroll
from mathrock.midifile import read_score
from mathrock.rollgrid import encode_song
from mathrock.status import read_status, write_status


def run(job, tell) -> None:
    """Do a job of the rule of this name; `job` is as Snakemake gives it to a script."""
    score, status = read_score(job.input.midi), read_status(job.input.status)
    roll, status = encode_song(score, status, **job.params.knobs)
    pianoroll.save(job.output.roll, roll)
    packedsong.save(job.output.packed, packedsong.pack_song(roll))
    write_status(job.output.status, status)
