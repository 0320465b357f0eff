"""Time grids: convert between seconds and the steps of a piano roll.

Conventions: a step is a fixed fraction of a second (a time grid) or of a quarter note under a tempo
map (a beat grid). "Beat" means a quarter note here, whatever the metre, as in MIDI's tempo.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mathrock.music.score import DEFAULT_TEMPO, Tempo


class Grid:
    """A piecewise linear map between seconds and steps, both float."""

    def __init__(self, seconds: Sequence[float], steps: Sequence[float], rates: Sequence[float]):
        """Make a map that has `rates[i]` steps a second from the point (seconds[i], steps[i]) on.

        The first rate holds before the first point too, the last rate to infinity.
        """
        self._seconds, self._steps, self._rates = list(seconds), list(steps), list(rates)

    def steps(self, seconds: float) -> float:
        """Return the step, with its fraction, at a time in seconds from the file's start."""
        i = max(0, bisect_right(self._seconds, seconds) - 1)
        return self._steps[i] + (seconds - self._seconds[i]) * self._rates[i]

    def seconds(self, steps: float) -> float:
        """Return the time in seconds of a step."""
        i = max(0, bisect_right(self._steps, steps) - 1)
        return self._seconds[i] + (steps - self._steps[i]) / self._rates[i]


def time_grid(steps_per_second: float) -> Grid:
    """Make a grid whose steps all have the same length in seconds."""
    return Grid([0.0], [0.0], [steps_per_second])


def beat_grid(tempos: Iterable[Tempo], steps_per_quarter: float) -> Grid:
    """Make a grid whose steps all have the same length in quarter notes under a tempo map."""
    tempos = list(tempos)
    if not tempos or tempos[0].time > 0:
        tempos = [Tempo(0.0, DEFAULT_TEMPO), *tempos]
    rates = [tempo.bpm / 60 * steps_per_quarter for tempo in tempos]
    steps = [0.0]
    for (start, end), rate in zip(pairwise(tempos), rates, strict=False):
        steps.append(steps[-1] + (end.time - start.time) * rate)
    return Grid([tempo.time for tempo in tempos], steps, rates)


def grid_through(steps: Iterable[float], seconds: Iterable[float]) -> Grid:
    """Make a grid through at least two points, such as bar lines; it is linear between them."""
    steps, seconds = [float(step) for step in steps], [float(time) for time in seconds]
    lengths = zip(pairwise(steps), pairwise(seconds), strict=True)
    rates = [(other - one) / (end - begin) for (one, other), (begin, end) in lengths]
    return Grid(seconds, steps, [*rates, rates[-1]])
