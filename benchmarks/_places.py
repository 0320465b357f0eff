"""Where in the bar notes are, on the grid that a song's notes keep to."""

import math
from bisect import bisect_right

import numpy as np

from mathrock.music.grid import beat_grid
from mathrock.music.score import Note, Score

GRIDS = (1, 2, 3, 4, 6, 12)  # places a quarter note
ON_GRID = 0.1  # of a place: how near to it a note is that keeps to it
SHARE = 0.95  # of a song's notes that keep to a place where it is quantised


class Places:
    """Places in the bar under a score's tempo map and time signatures."""

    def __init__(self, score: Score):
        self._clock = beat_grid(score.tempos, 1)
        self._lines = [self._clock.steps(metre.time) for metre in score.metres]
        self._bars = [4 * metre.numerator / metre.denominator for metre in score.metres]

    def quarters(self, seconds: float) -> float:
        """Quarter notes from the start."""
        return self._clock.steps(seconds)

    def in_bar(self, seconds: float, per_quarter: int) -> tuple[int, float]:
        """The nearest of `per_quarter` places a quarter note, from the bar line, and the bar."""
        at = self._clock.steps(seconds) + 0.5 / per_quarter
        index = max(0, bisect_right(self._lines, at) - 1)
        bar = self._bars[index]
        place = math.floor((at - self._lines[index]) % bar * per_quarter)
        return place, bar


def grid_of(score: Score, notes: list[Note]) -> int | None:
    """Places a quarter note of the coarsest grid that the notes keep to; None: there is none."""
    places = Places(score)
    at = np.array([places.quarters(note.onset) for note in notes])
    for grid in GRIDS:
        off = np.abs(at * grid - np.rint(at * grid))
        if np.mean(off <= ON_GRID) >= SHARE:
            return grid
    return None


def share_kept(truth: Score, found: Score, pairs: list[tuple[Note, Note]], grid: int) -> float:
    """Of pairs of a true and a found note, how many are at the same place of the same bar."""
    there, here = Places(truth), Places(found)
    same = [there.in_bar(a.onset, grid) == here.in_bar(b.onset, grid) for a, b in pairs]
    return sum(same) / len(same) if same else 0.0
