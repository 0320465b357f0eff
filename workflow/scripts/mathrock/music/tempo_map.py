"""Fit a tempo map and time signatures to beats, for a DAW to show.

The map has as few tempos as keep each beat within `TOLERANCE` of its tracked time: a steady song
gets one tempo, a song with a varying tempo gets one every few bars. A file begins at 0 s, but a
song begins somewhere within a beat: the length of the first beat is adapted so that it ends where
the first tracked beat begins. Beats before the first bar line are a bar of their own.
"""

from itertools import pairwise

import numpy as np

from mathrock.music.beats import Beat
from mathrock.music.metre import beats_a_bar
from mathrock.music.score import Metre, Tempo, drop_repeated

TOLERANCE = 0.02  # seconds
SHORTEST_LEAD = 0.3  # beats; a shorter lead-in becomes part of the first beat


def fit_tempo_map(beats: list[Beat]) -> tuple[tuple[Tempo, ...], tuple[Metre, ...]]:
    """Fit the tempos and metres of a song that begins at 0 s to its beats, at least two."""
    times = [beat.time for beat in beats]
    first = float(beats[0].quarters)
    if times[0] * beats[0].tempo / 60 / first < SHORTEST_LEAD:
        times[0], lead = 0.0, 0
    else:
        times, lead = [0.0, *times], 1
    lengths = [first] * lead + [float(beat.quarters) for beat in beats[:-1]]
    quarters = np.concatenate([[0.0], np.cumsum(lengths)])  # quarter notes from the start
    lines = [lead + i for i, beat in enumerate(beats) if beat.beat == 1]
    knots = _knots(np.array(times), quarters, lines, lead)
    tempos = [
        Tempo(times[a], 60 * float(quarters[b] - quarters[a]) / (times[b] - times[a]))
        for a, b in pairwise(knots)
    ]
    at = np.interp(quarters, quarters[knots], np.array(times)[knots])  # by the map, not as tracked
    metres = [*_pickup(beats, lines), *(_metre(float(at[i]), beats[i - lead]) for i in lines)]
    return drop_repeated(tempos), drop_repeated(metres)


def _knots(times: np.ndarray, quarters: np.ndarray, lines: list[int], lead: int) -> list[int]:
    """Choose the beats, by index, between which a tempo holds: bar lines, others if necessary."""
    knots, last = sorted({0, lead}), len(times) - 1
    goals = sorted({*lines, last} - {*knots})
    while knots[-1] < last:
        here = reach = knots[-1]
        ahead = [goal for goal in goals if goal > here]
        for goal in ahead:
            if not _is_steady(times[here : goal + 1], quarters[here : goal + 1]):
                break
            reach = goal
        knots.append(reach if reach > here else here + 1)
    return knots


def _is_steady(times: np.ndarray, quarters: np.ndarray) -> bool:
    share = (quarters - quarters[0]) / (quarters[-1] - quarters[0])
    return bool(np.abs(times - times[0] - share * (times[-1] - times[0])).max() <= TOLERANCE)


def _pickup(beats: list[Beat], lines: list[int]) -> list[Metre]:
    """Make the metre of the incomplete bar before the first bar line, if there is one."""
    if lines and lines[0] == 0:
        return []
    first = beats[lines[0] if lines else 0]
    if not lines:
        return [_metre(0.0, first)]
    units = first.numerator // beats_a_bar(first.numerator, first.denominator)
    return [Metre(0.0, lines[0] * units, first.denominator)]


def _metre(time: float, beat: Beat) -> Metre:
    return Metre(time, beat.numerator, beat.denominator)
