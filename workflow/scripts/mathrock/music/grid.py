"""Where the steps of a piano roll lie in time: a grid counts seconds, or beats.

A beat is a quarter note, whatever the metre: tempo counts quarter notes in MIDI, too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mathrock.music.score import DEFAULT_TEMPO, Tempo


class Grid:
    """Seconds <-> steps, both float: from `seconds[i]`, `steps[i]` on, `rates[i]` steps a second.

    Before the first and after the last it goes on as there.
    """

    def __init__(self, seconds: Sequence[float], steps: Sequence[float], rates: Sequence[float]):
        self._seconds, self._steps, self._rates = list(seconds), list(steps), list(rates)

    def steps(self, seconds: float) -> float:
        """The step at a time, counted from the file's start."""
        i = max(0, bisect_right(self._seconds, seconds) - 1)
        return self._steps[i] + (seconds - self._seconds[i]) * self._rates[i]

    def seconds(self, steps: float) -> float:
        """The time of a step."""
        i = max(0, bisect_right(self._steps, steps) - 1)
        return self._seconds[i] + (steps - self._steps[i]) / self._rates[i]


def time_grid(steps_per_second: float) -> Grid:
    """A step is always as long."""
    return Grid([0.0], [0.0], [steps_per_second])


def beat_grid(tempos: Iterable[Tempo], steps_per_beat: float) -> Grid:
    """A step is always the same share of a quarter note under the tempo map."""
    tempos = list(tempos)
    if not tempos or tempos[0].time > 0:
        tempos = [Tempo(0.0, DEFAULT_TEMPO), *tempos]
    rates = [tempo.bpm / 60 * steps_per_beat for tempo in tempos]
    steps = [0.0]
    for (one, other), rate in zip(pairwise(tempos), rates, strict=False):
        steps.append(steps[-1] + (other.time - one.time) * rate)
    return Grid([tempo.time for tempo in tempos], steps, rates)


def grid_through(steps: Iterable[float], seconds: Iterable[float]) -> Grid:
    """Even between points, at least two, such as bar lines."""
    steps, seconds = [float(step) for step in steps], [float(time) for time in seconds]
    lengths = zip(pairwise(steps), pairwise(seconds), strict=True)
    rates = [(other - one) / (end - begin) for (one, other), (begin, end) in lengths]
    return Grid(seconds, steps, [*rates, rates[-1]])
