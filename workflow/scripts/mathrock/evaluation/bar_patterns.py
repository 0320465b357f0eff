"""What is struck in each bar, by sixteenths from its line on, so that every metre is right.

Bars of one metre have equally many sixteenths and can be laid over each other: 14 in 7/8, 16 in
4/4. A bar's beats are quarter notes from its line on, dotted ones in compound metres and halves in
x/2; what is left over in an odd bar makes its last beat longer: 7/8 is counted 2+2+3 eighths.
"""

from typing import NamedTuple

import numpy as np

from mathrock.music.metre import beat_length
from mathrock.pianoroll.planes import ONSET

A_QUARTER = 4  # sixteenths
ON_LINE = 0.5  # steps by which a whole bar's lines may lie outside


class Pattern(NamedTuple):
    """A whole bar: its metre, and for each of its sixteenths, int (sixteenths,), how many notes are
    struck there and in how many steps anything sounds."""

    metre: str
    notes: np.ndarray
    sounding: np.ndarray
    beats: np.ndarray  # at which sixteenths beats begin, int (beats,)


def patterns_of(roll: np.ndarray, bars: np.ndarray) -> list[Pattern]:
    """The whole bars of a roll (steps, 128, 2), under its bars, see `bars`; none without them.

    What is struck belongs to the nearest sixteenth, if need be to the next bar's first.
    """
    if not len(bars):
        return []
    lines, metres = bars["step"], bars[["numerator", "denominator"]].tolist()
    sixteenths = np.array([sixteenths_in(*metre) for metre in metres])
    at = np.arange(len(roll))
    bar = np.clip(np.searchsorted(lines, at, "right") - 1, 0, len(bars) - 2)
    share = (at - lines[bar]) / (lines[bar + 1] - lines[bar])
    place = np.floor(share * sixteenths[bar] + 0.5).astype(np.int64)
    over = place >= sixteenths[bar]
    bar, place = bar + over, np.where(over, 0, place)
    known = (bar < len(bars) - 1) & (place >= 0)
    firsts = np.cumsum(sixteenths) - sixteenths
    flat = (firsts[bar] + place)[known]
    struck = roll[:, :, ONSET].sum(axis=1)[known]
    sounds = roll.any(axis=(1, 2))[known]
    ends = np.cumsum(sixteenths)[:-1]
    notes, sounding = (
        np.split(np.bincount(flat, found, ends[-1]).astype(np.int64), ends[:-1])
        for found in (struck, sounds)
    )
    whole = (lines[:-1] >= -ON_LINE) & (lines[1:] <= len(roll) + ON_LINE)
    return [
        Pattern("{}/{}".format(*metres[i]), notes[i], sounding[i], beats_in(*metres[i]))
        for i in np.flatnonzero(whole)
    ]


def sixteenths_in(numerator: int, denominator: int) -> int:
    """Sixteenths in a bar, rounded where it has no whole number of them, at least one."""
    return max(1, round(16 * numerator / denominator))


def beats_in(numerator: int, denominator: int) -> np.ndarray:
    """The sixteenths at which a bar's beats begin, int (beats,)."""
    beat = int(max(A_QUARTER, A_QUARTER * beat_length(numerator, denominator)))
    return beat * np.arange(max(1, sixteenths_in(numerator, denominator) // beat))
