"""Store the performance of songs, their velocities and drums, sparsely; no model uses it yet.

Conventions: velocities are one byte for each onset, ordered by step, then by pitch. A drum hit is a
`HIT`, six bytes; hits are ordered by step, then by key. The functions convert both from and to the
planes of a roll (see `pianoroll/encoding`).
"""

from bisect import bisect_left

import numpy as np

from mathrock.pianoroll.planes import DRUM, PITCHES, SOUNDING, VELOCITY

HIT = np.dtype([("step", "<u4"), ("key", "u1"), ("velocity", "u1")])


def steps_with_notes(roll: np.ndarray) -> int:
    """Count the steps to the end of the last pitched note, reading only the end of the roll.

    Drums may continue after it.
    """
    steps = len(roll)
    while steps and not roll[steps - 1, :, SOUNDING].any():
        steps -= 1
    return steps


def onset_velocities(roll: np.ndarray, onsets: np.ndarray) -> np.ndarray:
    """Extract the velocity of each onset, uint8 (onsets,); 0 if the roll has no velocities.

    Args:
        roll: (steps, 128, planes).
        onsets: bool (steps, 128).
    """
    if roll.shape[2] <= VELOCITY:
        return np.zeros(onsets.sum(), np.uint8)
    return roll[:, :, VELOCITY][onsets]


def velocity_plane(velocities: np.ndarray, onsets: np.ndarray) -> np.ndarray:
    """Make the velocity plane, uint8 (steps, 128), from the velocities of its onsets."""
    plane = np.zeros(onsets.shape, np.uint8)
    plane[onsets] = velocities
    return plane


def drum_hits(roll: np.ndarray, first: int) -> np.ndarray:
    """Extract the drum hits of a roll (steps, 128, planes): `HIT` (hits,).

    Args:
        first: the number of the roll's first step in its song.
    """
    if roll.shape[2] <= DRUM:
        return np.zeros(0, HIT)
    drums = roll[:, :, DRUM]
    steps, keys = np.nonzero(drums)
    hits = np.zeros(len(steps), HIT)
    hits["step"], hits["key"], hits["velocity"] = first + steps, keys, drums[steps, keys]
    return hits


def drum_plane(hits: np.ndarray, first: int, steps: int) -> np.ndarray:
    """Make the drum plane, uint8 (steps, 128), of the hits in steps [first, first + steps)."""
    begin, end = (
        bisect_left(
            hits, step, key=lambda hit: hit["step"]
        )  # bisection reads only a few rows of a file
        for step in (first, first + steps)
    )
    here = hits[begin:end]
    plane = np.zeros((steps, PITCHES), np.uint8)
    plane[here["step"] - first, here["key"]] = here["velocity"]
    return plane
