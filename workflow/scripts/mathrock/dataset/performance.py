"""Read how packed songs are played: velocities and drums, which training does not read."""

import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.pianoroll.onsets import onsets_of
from mathrock.pianoroll.performance import drum_plane, velocity_plane


def velocities(sequences: Sequences, first: int, steps: int) -> np.ndarray:
    """Read the velocities of steps [first, first + steps), of one song: uint8 (steps, 128)."""
    span = sequences.span_at(first)
    before = onsets_of(sequences.read(span.song_first, first - span.song_first)).sum()
    here = onsets_of(sequences.read(first, steps))
    place = sequences.songs[span.song]["notes"][0] + before
    of_onsets = sequences.file(span.song, "velocities.npy")[place : place + here.sum()]
    return velocity_plane(of_onsets, here)


def drums(sequences: Sequences, first: int, steps: int) -> np.ndarray:
    """Read the drums of steps [first, first + steps), of one song: uint8 (steps, 128)."""
    song, place = sequences.place(first)
    return drum_plane(sequences.file(song, "drums.npy"), place, steps)
