"""A score's tempo map and time signatures -> its bars on a grid."""

from collections.abc import Iterator

import numpy as np

from mathrock.music.bars import BAR, MOST
from mathrock.music.grid import Grid, beat_grid
from mathrock.music.score import Metre, Score

SLIVER = 1 / 32  # quarter notes: what is left of a bar and is no bar
TICKS_OFF = 0.05  # steps
FINEST = 64  # denominator; what claims to be finer is damage


def find_bars(score: Score, grid: Grid, steps: int) -> np.ndarray:
    """The bars of a roll of `steps` steps, under the score's tempo map and metres.

    A change of metre begins a bar; the bar that it cuts short gets the metre that is left of it.
    """
    if not steps:
        return np.zeros(0, BAR)
    clock = beat_grid(score.tempos, 1)
    end = clock.steps(grid.seconds(steps))
    times = [(clock.seconds(at), metre) for at, *metre in _bars(score, clock, end)]
    return np.array([(_snapped(grid.steps(time)), time, *metre) for time, metre in times], BAR)


def _snapped(step: float) -> float:
    """The step itself, where a line misses it by what MIDI's ticks round off."""
    return float(round(step)) if abs(_off(step)) < TICKS_OFF else step


def _bars(score: Score, clock: Grid, end: float) -> Iterator[tuple[float, int, int]]:
    """(place in quarter notes, numerator, denominator), the line at or after `end` the last."""
    changes = [(clock.steps(metre.time), metre) for metre in score.metres if _can_be(metre)]
    if not changes or changes[0][0] > 0:
        changes.insert(0, (0.0, Metre(0.0, 4, 4)))
    for number, (begin, (_, numerator, denominator)) in enumerate(changes):
        quarters = numerator * 4 / denominator
        change = changes[number + 1][0] if number + 1 < len(changes) else np.inf
        bar = 0
        while (at := begin + bar * quarters) < change - SLIVER:
            if at >= end - 1e-6:
                yield at, numerator, denominator
                return
            left = change - at
            if left < quarters - SLIVER:
                yield at, *_metre_of(left, denominator)
            else:
                yield at, numerator, denominator
            bar += 1


def _can_be(metre: Metre) -> bool:
    return metre.numerator > 0 and metre.denominator <= FINEST


def _metre_of(quarters: float, denominator: int) -> tuple[int, int]:
    """The metre, of at least this denominator, of a bar of so many quarter notes."""
    while denominator < FINEST and abs(_off(quarters * denominator / 4)) > 0.02:
        if quarters * denominator / 2 > MOST:
            break
        denominator *= 2
    return min(MOST, max(1, round(quarters * denominator / 4))), denominator


def _off(number: float) -> float:
    return number - round(number)
