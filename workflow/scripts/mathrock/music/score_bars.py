"""Compute the bars of a score, on a grid of steps, from its tempo map and time signatures."""

from collections.abc import Iterator

import numpy as np

from mathrock.music.bars import BAR, MAX_NUMERATOR
from mathrock.music.grid import Grid, beat_grid
from mathrock.music.score import Metre, Score

SHORTEST_BAR = 1 / 32  # quarter notes; a shorter rest of a bar is a rounding error
TICK_ERROR = 0.05  # steps by which rounding to MIDI's ticks may move a bar line
MAX_DENOMINATOR = 64  # a time signature with a greater one is damage


def bars_of(score: Score, grid: Grid, steps: int) -> np.ndarray:
    """Compute the bars, a `BAR` array, of a roll that has `steps` steps on `grid`.

    A change of metre begins a bar; the bar that it cuts short gets a metre of its actual length.
    """
    if not steps:
        return np.zeros(0, BAR)
    clock = beat_grid(score.tempos, 1)
    end = clock.steps(grid.seconds(steps))
    times = [(clock.seconds(at), metre) for at, *metre in _bars(score, clock, end)]
    return np.array([(_snap(grid.steps(time)), time, *metre) for time, metre in times], BAR)


def _snap(step: float) -> float:
    """Move a bar line to the nearest step if only the rounding to MIDI's ticks separates them."""
    return float(round(step)) if abs(_distance_to_integer(step)) < TICK_ERROR else step


def _bars(score: Score, clock: Grid, end: float) -> Iterator[tuple[float, int, int]]:
    """Yield (quarter notes from the start, numerator, denominator) of each bar line.

    The last is the first line at or after `end`, in quarter notes.
    """
    changes = [(clock.steps(metre.time), metre) for metre in score.metres if _is_possible(metre)]
    if not changes or changes[0][0] > 0:
        changes.insert(0, (0.0, Metre(0.0, 4, 4)))
    for number, (begin, (_, numerator, denominator)) in enumerate(changes):
        quarters = numerator * 4 / denominator
        change = changes[number + 1][0] if number + 1 < len(changes) else np.inf
        bar = 0
        while (at := begin + bar * quarters) < change - SHORTEST_BAR:
            if at >= end - 1e-6:
                yield at, numerator, denominator
                return
            left = change - at
            if left < quarters - SHORTEST_BAR:
                yield at, *_metre_of(left, denominator)
            else:
                yield at, numerator, denominator
            bar += 1


def _is_possible(metre: Metre) -> bool:
    return metre.numerator > 0 and metre.denominator <= MAX_DENOMINATOR


def _metre_of(quarters: float, denominator: int) -> tuple[int, int]:
    """Find a metre, with at least this denominator, for a bar of this length in quarter notes."""
    while (
        denominator < MAX_DENOMINATOR
        and abs(_distance_to_integer(quarters * denominator / 4)) > 0.02
    ):
        if quarters * denominator / 2 > MAX_NUMERATOR:
            break
        denominator *= 2
    return min(MAX_NUMERATOR, max(1, round(quarters * denominator / 4))), denominator


def _distance_to_integer(number: float) -> float:
    return number - round(number)
