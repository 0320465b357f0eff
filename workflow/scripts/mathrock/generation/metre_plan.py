"""Plan the bars of a take: those of its snippet, and how they go on in what is drawn."""

from typing import NamedTuple

import numpy as np

from mathrock.music.bars import BAR, bar_quarters, bar_tempos
from mathrock.music.grid import grid_through
from mathrock.music.metre import median_tempo

ON_LINE = 0.5  # steps: what begins so near to a bar line begins with the bar


class Plan(NamedTuple):
    """The length and the bars of a take: `steps` to draw, at `rate` steps a second; `bars`."""

    steps: int
    rate: float
    bars: np.ndarray


def plan_take(
    bars: np.ndarray, first: int, end: int, seconds: float, rate: float, per_beat: float | None
) -> Plan:
    """Let a snippet's metres go on as they recur, at the tempo that it mostly has.

    Args:
        bars: of the snippet's song, no rows where not known.
        first, end: the snippet's steps in its song.
        seconds: to be drawn; on a grid of beats this is rounded to whole bars.
        rate: the song's steps a second.
        per_beat: steps a quarter note on a grid of beats, else None.

    Returns:
        Bars cover the snippet and what is drawn, in steps and seconds of the song.
    """
    if not len(bars):
        return Plan(max(1, round(seconds * rate)), rate, bars)
    lines = bars["step"]
    i = max(0, np.searchsorted(lines, first + ON_LINE, "right") - 1)
    j = max(i + 1, np.searchsorted(lines, end - ON_LINE))
    snippet = bars[i : j + 1]
    tempo = median_tempo(bar_tempos(snippet), np.diff(snippet["seconds"]))
    if per_beat:
        rate = per_beat * tempo / 60
    begin = grid_through(lines, bars["seconds"]).seconds(end)
    later = _go_on(snippet, begin + seconds, tempo, per_beat or rate * 60 / tempo)
    whole = np.concatenate([snippet[:-1], later])
    if per_beat:
        ends = later[later["step"] > end + ON_LINE]
        nearest = ends[np.argmin(np.abs(ends["seconds"] - begin - seconds))]
        steps = max(1, round(float(nearest["step"])) - end)
    else:
        steps = max(1, round(seconds * rate))
    last = np.searchsorted(whole["step"], end + steps - ON_LINE)
    return Plan(steps, rate, whole[: last + 1])


def _go_on(snippet: np.ndarray, until: float, tempo: float, steps_per_beat: float) -> np.ndarray:
    """Continue the bars from the snippet's last line to the second line after `until`."""
    metres = [(numerator, denominator) for *_, numerator, denominator in snippet[:-1].tolist()]
    period = shortest_period(metres)
    step, seconds = float(snippet["step"][-1]), float(snippet["seconds"][-1])
    rows, over = [], 0
    while over < 2:
        metres.append(metres[-period])
        rows.append((step, seconds, *metres[-1]))
        over += seconds > until
        quarters = float(bar_quarters(np.array(rows[-1], BAR)))
        step, seconds = step + quarters * steps_per_beat, seconds + quarters * 60 / tempo
    return np.array(rows, BAR)


def shortest_period(series: list) -> int:
    """Find the length of the shortest series that gives this one when it is repeated."""
    periods = range(1, len(series) + 1)
    return next(n for n in periods if series[n:] == series[: len(series) - n])
