"""Beats -> the tempo map and time signatures that a DAW shows.

As few tempos as keep each beat within `TOLERANCE` of where it was heard: a steady song gets one, a
song that breathes gets one every few bars. A file begins at 0 s, a song somewhere in a beat: its
first beat is bent to end where the first beat heard begins, and beats before the first bar line are
a bar of their own.
"""

from itertools import pairwise

import numpy as np

from mathrock.music.beats import Beat
from mathrock.music.metre import beats_a_bar
from mathrock.music.score import Metre, Tempo, changes

TOLERANCE = 0.02  # seconds
SHORTEST_LEAD = 0.3  # beats: what is less is given to the first beat


def tempo_map(beats: list[Beat]) -> tuple[tuple[Tempo, ...], tuple[Metre, ...]]:
    """Tempos and metres of a song that begins at 0 s, from at least two beats."""
    times = [beat.time for beat in beats]
    first = float(beats[0].quarters)
    if times[0] * beats[0].tempo / 60 / first < SHORTEST_LEAD:
        times[0], lead = 0.0, 0
    else:
        times, lead = [0.0, *times], 1
    lengths = [first] * lead + [float(beat.quarters) for beat in beats[:-1]]
    places = np.concatenate([[0.0], np.cumsum(lengths)])  # quarter notes from the start
    lines = [lead + i for i, beat in enumerate(beats) if beat.beat == 1]
    knots = _knots(np.array(times), places, lines, lead)
    tempos = [
        Tempo(times[a], 60 * float(places[b] - places[a]) / (times[b] - times[a]))
        for a, b in pairwise(knots)
    ]
    at = np.interp(places, places[knots], np.array(times)[knots])  # by the map, not as heard
    metres = [*_pickup(beats, lines), *(_metre(float(at[i]), beats[i - lead]) for i in lines)]
    return changes(tempos), changes(metres)


def _knots(times: np.ndarray, places: np.ndarray, lines: list[int], lead: int) -> list[int]:
    """Numbers of the beats between which a tempo holds: bar lines, and other beats if need be."""
    knots, last = sorted({0, lead}), len(times) - 1
    goals = sorted({*lines, last} - {*knots})
    while knots[-1] < last:
        here = reach = knots[-1]
        ahead = [goal for goal in goals if goal > here]
        for goal in ahead:
            if not _is_steady(times[here : goal + 1], places[here : goal + 1]):
                break
            reach = goal
        knots.append(reach if reach > here else here + 1)
    return knots


def _is_steady(times: np.ndarray, places: np.ndarray) -> bool:
    share = (places - places[0]) / (places[-1] - places[0])
    return bool(np.abs(times - times[0] - share * (times[-1] - times[0])).max() <= TOLERANCE)


def _pickup(beats: list[Beat], lines: list[int]) -> list[Metre]:
    """The bar before the first bar line: it has as many beats as there are."""
    if lines and lines[0] == 0:
        return []
    first = beats[lines[0] if lines else 0]
    if not lines:
        return [_metre(0.0, first)]
    units = first.numerator // beats_a_bar(first.numerator, first.denominator)
    return [Metre(0.0, lines[0] * units, first.denominator)]


def _metre(time: float, beat: Beat) -> Metre:
    return Metre(time, beat.numerator, beat.denominator)
