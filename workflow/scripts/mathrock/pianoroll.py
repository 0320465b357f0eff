"""Notes <-> piano rolls.

A roll is a boolean array (steps, 128, 2): for each step of a grid and each MIDI pitch, the plane
`SOUNDING` says that the pitch is heard and the plane `ONSET` that it is struck, so that a note
struck again stays two notes. A note begins and ends at the steps nearest to its onset and offset,
within half a step, and lasts at least one step. For grids see `grid`.
"""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mathrock.atomic import replacing
from mathrock.grid import Grid, time_grid
from mathrock.midifile import DEFAULT_VELOCITY, Note
from mathrock.planes import ONSET, PITCHES, SOUNDING


def encode(notes: Iterable[Note], grid: Grid | float) -> np.ndarray:
    """Notes -> bool array (steps, 128, 2), as long as the last note's end.

    One pitch sounds once at a time: a note ends where its pitch is struck again, and of notes that
    strike the same pitch in the same step the longest is kept.

    Args:
        grid: where steps lie; a number is that of steps a second.
    """
    grid = _grid_of(grid)
    spans = [_span(note, grid) for note in notes]
    roll = np.zeros((max((end for _, end, _ in spans), default=0), PITCHES, 2), np.bool_)
    ends = [0] * PITCHES  # of each pitch's notes so far
    for start, end, pitch in sorted(spans):
        roll[start : ends[pitch], pitch, SOUNDING] = False
        roll[start:end, pitch, SOUNDING] = True
        roll[start, pitch, ONSET] = True
        ends[pitch] = end
    return roll


def _grid_of(grid: Grid | float) -> Grid:
    return grid if isinstance(grid, Grid) else time_grid(grid)


def _span(note: Note, grid: Grid) -> tuple[int, int, int]:
    start = max(0, _nearest(grid.steps(note.onset)))
    return start, max(start + 1, _nearest(grid.steps(note.offset))), note.pitch


def _nearest(step: float) -> int:
    """Halves go up: Python's `round` takes them to even steps, where two notes would meet."""
    return math.floor(step + 0.5)


def decode(roll: np.ndarray, grid: Grid | float, velocity: int = DEFAULT_VELOCITY) -> list[Note]:
    """Bool array (steps, 128, 2) -> notes in seconds, ordered by onset and pitch; `grid` as above.

    A pitch that sounds without ever having been struck begins a note where it is first heard.
    """
    grid = _grid_of(grid)
    sounding = roll[:, :, SOUNDING] | roll[:, :, ONSET]
    silence = np.zeros((1, PITCHES), np.bool_)
    before = np.concatenate([silence, sounding])
    after = np.concatenate([sounding, silence])
    struck = np.concatenate([roll[:, :, ONSET], silence])
    starts = np.argwhere((after & (struck | ~before)).T)  # by pitch, then step
    ends = np.argwhere((before & (struck | ~after)).T)
    notes = [
        Note(grid.seconds(start), grid.seconds(end), pitch, velocity)
        for (pitch, start), (_, end) in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    return sorted(notes)


def save(path: str | Path, roll: np.ndarray) -> None:
    """Write a roll as .npy, which can be memory-mapped, whole or not at all."""
    with replacing(path) as temporary:
        np.save(temporary, roll)
