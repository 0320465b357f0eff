"""Metres: the length and number of their beats, and a song's predominant tempo and metre.

Conventions: a beat is the unit of the denominator: a quarter note in x/4, an eighth in most x/8. In
compound metres (eighths or shorter, with a numerator of 6, 9, 12 and so on) it is three units.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

COMPOUND = 3  # units of the denominator in a beat of a compound metre


def beat_length(numerator: int, denominator: int) -> Fraction:
    """Compute the length of a beat of this metre in quarter notes."""
    is_compound = denominator >= 8 and numerator > COMPOUND and numerator % COMPOUND == 0
    return Fraction(4 * (COMPOUND if is_compound else 1), denominator)


def beats_a_bar(numerator: int, denominator: int) -> int:
    """Count the beats in a bar of this metre."""
    return round(Fraction(4 * numerator, denominator) / beat_length(numerator, denominator))


def median_tempo(tempos: Sequence[float], seconds: Sequence[float]) -> float:
    """Compute the median of tempos, each weighted by the number of seconds for which it holds."""
    order = np.argsort(tempos, kind="stable")
    passed = np.cumsum(np.asarray(seconds)[order])
    return float(np.asarray(tempos)[order][np.searchsorted(passed, passed[-1] / 2)])


def predominant_metre(metres: Iterable[str], seconds: Iterable[float]) -> str:
    """Find the metre, such as 7/8, that holds for most seconds; metres may repeat."""
    lasting = defaultdict(float)
    for metre, length in zip(metres, seconds, strict=True):
        lasting[metre] += length
    return max(lasting, key=lasting.get)
