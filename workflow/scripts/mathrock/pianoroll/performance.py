"""How songs are played: their velocities and drums, which no model sees yet, kept sparse.

Velocities are a byte an onset, in the order of the onsets: by step, then by pitch. A drum hit is a
`HIT`, six bytes; hits are in the order of steps, then of keys. Here they go to and from the planes
of a piano roll, see `pianoroll`.
"""

from bisect import bisect_left

import numpy as np

from mathrock.pianoroll.planes import DRUM, PITCHES, SOUNDING, VELOCITY

HIT = np.dtype([("step", "<u4"), ("key", "u1"), ("velocity", "u1")])


def steps_with_notes(roll: np.ndarray) -> int:
    """Steps to the end of the last pitched note; drums may go on alone. Reads the roll's end."""
    steps = len(roll)
    while steps and not roll[steps - 1, :, SOUNDING].any():
        steps -= 1
    return steps


def velocities_of(roll: np.ndarray, struck: np.ndarray) -> np.ndarray:
    """The velocity of each onset, uint8 (onsets,): 0 where the roll tells none.

    Args:
        roll: (steps, 128, planes).
        struck: where the onsets are, bool (steps, 128).
    """
    if roll.shape[2] <= VELOCITY:
        return np.zeros(struck.sum(), np.uint8)
    return roll[:, :, VELOCITY][struck]


def velocity_plane(velocities: np.ndarray, struck: np.ndarray) -> np.ndarray:
    """The plane, uint8 (steps, 128), that `velocities_of` took these velocities from."""
    plane = np.zeros(struck.shape, np.uint8)
    plane[struck] = velocities
    return plane


def hits_of(roll: np.ndarray, first: int) -> np.ndarray:
    """The drum hits of a roll (steps, 128, planes) whose first step has the number `first`: `HIT`
    (hits,), none where the roll has no drums.
    """
    if roll.shape[2] <= DRUM:
        return np.zeros(0, HIT)
    drums = roll[:, :, DRUM]
    steps, keys = np.nonzero(drums)
    hits = np.zeros(len(steps), HIT)
    hits["step"], hits["key"], hits["velocity"] = first + steps, keys, drums[steps, keys]
    return hits


def drum_plane(hits: np.ndarray, first: int, steps: int) -> np.ndarray:
    """The plane, uint8 (steps, 128), of those of the `hits` in steps [first, first + steps)."""
    begin, end = (
        bisect_left(hits, step, key=lambda hit: hit["step"])  # reads a few rows of a file alone
        for step in (first, first + steps)
    )
    here = hits[begin:end]
    plane = np.zeros((steps, PITCHES), np.uint8)
    plane[here["step"] - first, here["key"]] = here["velocity"]
    return plane
