"""Compare the notes that two readers found in a file; arrays as in `_other_readers`."""

from typing import NamedTuple

import numpy as np

TOLERANCE = 0.01  # seconds


class Comparison(NamedTuple):
    """How two readings of a file compare.

    Attributes:
        verdict: "equal": the same pitches and hits at the same times; "other tempo": so after
            one of them is shifted and stretched; "other drums": so but for which notes are drums;
            "we have more" or "it has more": one has all notes of the other; or "differ".
        shared: the share of the longer reading's notes that the other has, 0-1.
        same_ends: the share of these that end at the same time, hits aside.
    """

    verdict: str
    shared: float
    same_ends: float


def compare(ours: np.ndarray, theirs: np.ndarray) -> Comparison:
    """Compare two readings."""
    shared, ends = _match(ours, theirs)
    if shared == 1:
        return Comparison("equal", shared, ends)
    stretched = _aligned(theirs, ours)
    for verdict, mine, other in (
        ("other tempo", ours, stretched),
        ("other drums", _as_pitched(ours), _as_pitched(theirs)),
    ):
        found, ends_then = _match(mine, other)
        if found == 1:
            return Comparison(verdict, shared, ends_then)
    mine, other = len(_one_hit_each(ours)), len(_one_hit_each(theirs))
    is_part = round(shared * max(mine, other)) == min(mine, other) > 0
    more = "we have more" if mine > other else "it has more"
    return Comparison(more if is_part else "differ", shared, ends)


def _match(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Return the share of notes that both have, and the share of these that end together."""
    ours, theirs = _one_hit_each(ours), _one_hit_each(theirs)
    most = max(len(ours), len(theirs))
    if not most:
        return 1.0, 1.0
    count = pitched = ended = 0
    for key in {tuple(key) for key in ours[:, 2:]}:
        mine = ours[(ours[:, 2:] == key).all(axis=1)]
        other = theirs[(theirs[:, 2:] == key).all(axis=1)]
        for one, two in _pairs(mine, other):
            count += 1
            pitched += not key[1]
            ended += not key[1] and abs(one[1] - two[1]) <= TOLERANCE
    return count / most, float(ended / pitched) if pitched else 1.0


def _pairs(mine: np.ndarray, other: np.ndarray):
    """Yield pairs of notes of a pitch, in the order of time, whose onsets are equal."""
    i = j = 0
    while i < len(mine) and j < len(other):
        apart = mine[i, 0] - other[j, 0]
        if abs(apart) <= TOLERANCE:
            yield mine[i], other[j]
        i += apart <= TOLERANCE
        j += apart >= -TOLERANCE


def _one_hit_each(notes: np.ndarray) -> np.ndarray:
    """Order notes by drum, pitch, onset and end; of hits of a drum at once keep one."""
    notes = notes[np.lexsort((notes[:, 1], np.round(notes[:, 0], 3), notes[:, 2], notes[:, 3]))]
    if len(notes) < 2:
        return notes
    same = (notes[1:, 2:] == notes[:-1, 2:]).all(axis=1) & (notes[1:, 3] == 1)
    again = same & (np.diff(notes[:, 0]) <= TOLERANCE)
    return notes[np.concatenate([[True], ~again])]


def _aligned(notes: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Shift and stretch notes so that the first and the last onset are those of a model."""
    if not len(notes) or not len(model):
        return notes
    first, last = notes[:, 0].min(), notes[:, 0].max()
    begin, end = model[:, 0].min(), model[:, 0].max()
    stretch = (end - begin) / (last - first) if last > first else 1.0
    aligned = notes.copy()
    aligned[:, :2] = begin + (notes[:, :2] - first) * stretch
    return aligned


def _as_pitched(notes: np.ndarray) -> np.ndarray:
    notes = notes.copy()
    notes[:, 3] = 0
    return notes
