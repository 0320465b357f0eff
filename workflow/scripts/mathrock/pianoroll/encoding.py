"""Encode notes as piano rolls, and decode piano rolls to notes.

Conventions: a roll is a uint8 array (steps, 128, 4). For each step of a grid (see `music/grid`) and
each MIDI pitch, the plane `SOUNDING` is 1 where the pitch sounds, and the plane `ONSET` is 1 where
a note begins, so that a repeated note stays two notes; `VELOCITY` is 1-127 at onsets, else 0. A
note begins and ends at the steps nearest to its onset and offset, within half a step, and lasts at
least one step.

Drums have a plane of their own: `DRUM` is the velocity, 1-127, of a hit of the drum key with the
pitch's number, else 0. A hit has no length.

Models generate the first two planes alone, bool (steps, 128, 2): a roll without velocities.
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
    """Encode notes as a roll, uint8 (steps, 128, 4), up to the last note's end or the last hit.

    A note ends at the next onset of its pitch. Of notes of the same pitch with onsets in the same
    step the longest is kept, with its own velocity, or the loudest of equally long ones. Of hits of
    one drum key in one step the loudest is kept.

    Args:
        grid: a grid, or a number of steps a second.
        drum_hits: notes whose pitches are drum keys; their offsets are ignored.
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
    """Round to the nearest step, halves up: `round` would take halves to even steps."""
    return math.floor(step + 0.5)


def decode(roll: np.ndarray, grid: Grid | float, velocity: int = DEFAULT_VELOCITY) -> list[Note]:
    """Decode a roll, (steps, 128, 2 or 4), to notes in seconds, ordered by onset and offset.

    A pitch that sounds without an onset begins a note at its first sounding step.

    Args:
        grid: a grid, or a number of steps a second.
        velocity: of notes that have no velocity in the roll.
    """
    grid = _grid_of(grid)
    onsets = roll[:, :, ONSET] > 0
    sounding = onsets | (roll[:, :, SOUNDING] > 0)
    silence = np.zeros((1, PITCHES), np.bool_)
    before = np.concatenate([silence, sounding])
    after = np.concatenate([sounding, silence])
    onsets = np.concatenate([onsets, silence])
    starts = np.argwhere((after & (onsets | ~before)).T)  # by pitch, then step
    ends = np.argwhere((before & (onsets | ~after)).T)
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
    """Decode a roll's drum hits to notes of one step, in seconds, ordered by onset and drum key."""
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
