"""Lay out a take's timeline in a DAW: tempo map, time signatures, steps, bars and beats."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mathrock.music.bars import MAX_NUMERATOR, bar_quarters, bar_tempos
from mathrock.music.grid import Grid, grid_through, time_grid
from mathrock.music.metre import beat_length, beats_a_bar
from mathrock.music.score import Metre, Tempo

ON_LINE = 0.5  # steps: what begins so near to a bar line begins with the bar
SAME_TEMPO = 1e-4  # relative


@dataclass(frozen=True)
class Timeline:
    """A timeline: `grid`, steps in seconds; `bars` and `beats`, in steps, float64 (n,)."""

    tempos: tuple[Tempo, ...]
    metres: tuple[Metre, ...]
    grid: Grid
    bars: np.ndarray
    beats: np.ndarray


def even_timeline(tempo: float, metre: str, steps_per_second: float, steps: int) -> Timeline:
    """Lay out a timeline of one tempo and one metre from the first step on."""
    numerator, denominator = (int(number) for number in metre.split("/"))
    beat = 60 / tempo * float(beat_length(numerator, denominator)) * steps_per_second
    beats = np.arange(steps / beat + 1) * beat
    metres = (Metre(0.0, numerator, denominator),)
    bars = beats[:: beats_a_bar(numerator, denominator)]
    grid = time_grid(steps_per_second)
    return Timeline((Tempo(0.0, tempo),), metres, grid, bars, beats)


def timeline_of(bars: np.ndarray, first: int) -> Timeline:
    """Lay out the timeline of a track that begins at step `first` of those that `bars` cover.

    A track that begins within a bar begins with a bar of as many sixteenths as are left. A step is
    always the same share of its bar, whose lines are on ticks. What a beat is, `metre` says.
    """
    rows = bars[max(0, np.searchsorted(bars["step"], first + ON_LINE, "right") - 1) :].copy()
    lines, beats = rows["step"].copy(), _beats(rows)
    origin = float(lines[0])
    if origin < first - ON_LINE:
        origin = float(first)
        begin = grid_through(lines, rows["seconds"]).seconds(first)
        rows[0] = (first, begin, *_rest(rows, first))
    tempos = _tempos(rows)
    seconds = np.cumsum([0.0, *bar_quarters(rows)[:-1] * 60 / tempos]).tolist()
    metres = [(numerator, denominator) for *_, numerator, denominator in rows[:-1].tolist()]
    return Timeline(
        tuple(Tempo(seconds[bar], tempos[bar]) for bar in _changes(tempos)),
        tuple(Metre(seconds[bar], *metres[bar]) for bar in _changes(metres)),
        grid_through(rows["step"] - origin, seconds),
        lines - origin,
        beats - origin,
    )


def _beats(bars: np.ndarray) -> np.ndarray:
    """Return the steps of all beats, float64 (n,)."""
    beats = []
    for (begin, _, *metre), (end, *_) in pairwise(bars.tolist()):
        count = beats_a_bar(*metre)
        beats.append(begin + np.arange(count) * (end - begin) / count)
    return np.concatenate(beats)


def _rest(bars: np.ndarray, step: int) -> tuple[int, int]:
    """Find the metre of what is left of the first bar at a step."""
    begin, end = bars["step"][:2]
    quarters = bar_quarters(bars)[0] * (end - step) / (end - begin)
    numerator, denominator = max(1, round(float(quarters) * 4)), 16
    while denominator > 4 and (numerator % 2 == 0 or numerator > MAX_NUMERATOR):
        numerator, denominator = numerator // 2, denominator // 2
    numerator = min(MAX_NUMERATOR, numerator)
    return numerator, denominator


def _tempos(bars: np.ndarray) -> list[float]:
    """Return each bar's tempo as MIDI can write it, without changes by rounding."""
    tempos = []
    for bpm in bar_tempos(bars).tolist():
        is_same = tempos and abs(bpm / tempos[-1] - 1) < SAME_TEMPO
        tempos.append(tempos[-1] if is_same else 60_000_000 / round(60_000_000 / bpm))
    return tempos


def _changes(values: list) -> list[int]:
    """Return the indices where a list's values change, the first included."""
    return [0, *(n for n in range(1, len(values)) if values[n] != values[n - 1])]
