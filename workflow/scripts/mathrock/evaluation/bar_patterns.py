"""Count the onsets in each sixteenth of each bar, in any metre.

Bars of one metre have the same number of sixteenths, 14 in 7/8 and 16 in 4/4, so they can be
compared position by position. A bar's beats are quarter notes from its bar line on, dotted quarters
in compound metres and half notes in x/2. The last beat of an odd bar is longer: 7/8 has 2+2+3
eighths.
"""

from typing import NamedTuple

import numpy as np

from mathrock.music.metre import beat_length
from mathrock.pianoroll.planes import ONSET

SIXTEENTHS_PER_QUARTER = 4
LINE_TOLERANCE = 0.5  # steps by which the lines of a whole bar may lie outside the roll


class Pattern(NamedTuple):
    """A whole bar: its metre, and the onsets and sounding steps of each sixteenth.

    Both are int (sixteenths,): the number of onsets, and of steps in which any note sounds."""

    metre: str
    notes: np.ndarray
    sounding: np.ndarray
    beats: np.ndarray  # at which sixteenths beats begin, int (beats,)


def patterns_of(roll: np.ndarray, bars: np.ndarray) -> list[Pattern]:
    """Count onsets in the whole bars of a roll (steps, 128, 2); see `music.bars` for `bars`.

    An onset belongs to the nearest sixteenth, which may be the next bar's first. A roll without
    known bars has no patterns.
    """
    if not len(bars):
        return []
    lines, metres = bars["step"], bars[["numerator", "denominator"]].tolist()
    sixteenths = np.array([sixteenths_in(*metre) for metre in metres])
    at = np.arange(len(roll))
    bar = np.clip(np.searchsorted(lines, at, "right") - 1, 0, len(bars) - 2)
    share = (at - lines[bar]) / (lines[bar + 1] - lines[bar])
    sixteenth = np.floor(share * sixteenths[bar] + 0.5).astype(np.int64)
    over = sixteenth >= sixteenths[bar]
    bar, sixteenth = bar + over, np.where(over, 0, sixteenth)
    known = (bar < len(bars) - 1) & (sixteenth >= 0)
    firsts = np.cumsum(sixteenths) - sixteenths
    flat = (firsts[bar] + sixteenth)[known]
    onset_counts = roll[:, :, ONSET].sum(axis=1)[known]
    is_sounding = roll.any(axis=(1, 2))[known]
    ends = np.cumsum(sixteenths)[:-1]
    notes, sounding = (
        np.split(np.bincount(flat, values, ends[-1]).astype(np.int64), ends[:-1])
        for values in (onset_counts, is_sounding)
    )
    whole = (lines[:-1] >= -LINE_TOLERANCE) & (lines[1:] <= len(roll) + LINE_TOLERANCE)
    return [
        Pattern("{}/{}".format(*metres[i]), notes[i], sounding[i], beats_in(*metres[i]))
        for i in np.flatnonzero(whole)
    ]


def sixteenths_in(numerator: int, denominator: int) -> int:
    """Count the sixteenths in a bar, rounded to a whole number, at least one."""
    return max(1, round(16 * numerator / denominator))


def beats_in(numerator: int, denominator: int) -> np.ndarray:
    """List the sixteenths at which a bar's beats begin, int (beats,)."""
    quarters = beat_length(numerator, denominator)
    beat = int(max(SIXTEENTHS_PER_QUARTER, SIXTEENTHS_PER_QUARTER * quarters))
    return beat * np.arange(max(1, sixteenths_in(numerator, denominator) // beat))
