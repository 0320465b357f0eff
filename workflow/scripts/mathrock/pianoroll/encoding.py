"""Notes <-> piano rolls.

A roll is a uint8 array (steps, 128, 4): for each step of a grid and each MIDI pitch, the plane
`SOUNDING` says that the pitch is heard and the plane `ONSET` that it is struck, so that a note
struck again stays two notes; `VELOCITY` is 1-127 where it is struck, else 0. A note begins and ends
at the steps nearest to its onset and offset, within half a step, and lasts at least one step. For
grids see `grid`.

Drums are apart: the plane `DRUM` is the velocity, 1-127, with which the drum key of that number is
struck, else 0. A hit has no length.

Models draw the first two planes alone, bool (steps, 128, 2): a roll too, which tells no velocities.
"""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mathrock.files.atomic import replacing
from mathrock.music.grid import Grid, time_grid
from mathrock.music.score import DEFAULT_VELOCITY, Note
from mathrock.pianoroll.planes import DRUM, ONSET, PITCHES, ROLL_PLANES, SOUNDING, VELOCITY


def encode(notes: Iterable[Note], grid: Grid | float, drum_hits: Iterable[Note] = ()) -> np.ndarray:
    """Notes -> uint8 array (steps, 128, 4), as long as the last note's end or the last hit's step.

    One pitch sounds once at a time: a note ends where its pitch is struck again, and of notes that
    strike the same pitch in the same step the longest is kept, with its own velocity; the loudest
    where they are equally long. Of hits of one drum key in one step the loudest is kept.

    Args:
        grid: where steps lie; a number is that of steps a second.
        drum_hits: notes whose pitches are drum keys; where they end makes no difference.
    """
    grid = _grid_of(grid)
    spans = sorted((*_span(note, grid), note.pitch, note.velocity) for note in notes)
    hits = [(_span(hit, grid)[0], hit.pitch, hit.velocity) for hit in drum_hits]
    steps = max([end for _, end, _, _ in spans] + [step + 1 for step, _, _ in hits], default=0)
    roll = np.zeros((steps, PITCHES, len(ROLL_PLANES)), np.uint8)
    ends = [0] * PITCHES  # of each pitch's notes so far
    for start, end, pitch, velocity in spans:
        roll[start : ends[pitch], pitch, SOUNDING] = 0
        roll[start:end, pitch, SOUNDING] = 1
        roll[start, pitch, ONSET] = 1
        roll[start, pitch, VELOCITY] = velocity
        ends[pitch] = end
    for step, key, velocity in hits:
        roll[step, key, DRUM] = max(velocity, roll[step, key, DRUM])
    return roll


def _grid_of(grid: Grid | float) -> Grid:
    return grid if isinstance(grid, Grid) else time_grid(grid)


def _span(note: Note, grid: Grid) -> tuple[int, int]:
    start = max(0, _nearest(grid.steps(note.onset)))
    return start, max(start + 1, _nearest(grid.steps(note.offset)))


def _nearest(step: float) -> int:
    """Halves go up: Python's `round` takes them to even steps, where two notes would meet."""
    return math.floor(step + 0.5)


def decode(roll: np.ndarray, grid: Grid | float, velocity: int = DEFAULT_VELOCITY) -> list[Note]:
    """A roll, (steps, 128, 2 or 4) -> its notes in seconds, ordered by onset and offset.

    A pitch that sounds without ever having been struck begins a note where it is first heard.

    Args:
        grid: as of `encode`.
        velocity: of the notes whose velocity the roll does not tell.
    """
    grid = _grid_of(grid)
    struck = roll[:, :, ONSET] > 0
    sounding = struck | (roll[:, :, SOUNDING] > 0)
    silence = np.zeros((1, PITCHES), np.bool_)
    before = np.concatenate([silence, sounding])
    after = np.concatenate([sounding, silence])
    struck = np.concatenate([struck, silence])
    starts = np.argwhere((after & (struck | ~before)).T)  # by pitch, then step
    ends = np.argwhere((before & (struck | ~after)).T)
    velocities = np.zeros(len(starts), np.uint8)
    if roll.shape[2] > VELOCITY:
        velocities = roll[starts[:, 1], starts[:, 0], VELOCITY]
    notes = [
        Note(grid.seconds(start), grid.seconds(end), pitch, own or velocity)
        for (pitch, start), (_, end), own in zip(
            starts.tolist(), ends.tolist(), velocities.tolist(), strict=True
        )
    ]
    return sorted(notes)


def decode_drums(roll: np.ndarray, grid: Grid | float) -> list[Note]:
    """A roll's drum hits as notes of one step, in seconds, ordered by onset and drum key."""
    if roll.shape[2] <= DRUM:
        return []
    grid = _grid_of(grid)
    drums = roll[:, :, DRUM]
    return [
        Note(grid.seconds(step), grid.seconds(step + 1), key, int(drums[step, key]))
        for step, key in np.argwhere(drums).tolist()
    ]


def save(path: str | Path, roll: np.ndarray) -> None:
    """Write a roll as .npy, which can be memory-mapped, whole or not at all."""
    with replacing(path) as temporary:
        np.save(temporary, roll)
