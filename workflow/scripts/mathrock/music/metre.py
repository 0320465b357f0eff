"""What a metre counts, and which tempo and metre a song mostly has.

A beat is a metre's denominator: quarters in x/4, eighths in most x/8. It is three of them in
compound metres, those of eighths or shorter whose numerator is 6, 9, 12 and so on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

COMPOUND = 3  # of the denominator to a beat


def beat_length(numerator: int, denominator: int) -> Fraction:
    """Quarter notes that a beat of such bars lasts."""
    is_compound = denominator >= 8 and numerator > COMPOUND and numerator % COMPOUND == 0
    return Fraction(4 * (COMPOUND if is_compound else 1), denominator)


def beats_a_bar(numerator: int, denominator: int) -> int:
    """How many beats such a bar has."""
    return round(Fraction(4 * numerator, denominator) / beat_length(numerator, denominator))


def median_tempo(tempos: Sequence[float], seconds: Sequence[float]) -> float:
    """The tempo that half of the time is no faster than, of tempos that last so many seconds."""
    order = np.argsort(tempos, kind="stable")
    passed = np.cumsum(np.asarray(seconds)[order])
    return float(np.asarray(tempos)[order][np.searchsorted(passed, passed[-1] / 2)])


def usual_metre(metres: Iterable[str], seconds: Iterable[float]) -> str:
    """The metre, such as 7/8, that most of the time is in, of metres that last so many seconds."""
    lasting = defaultdict(float)
    for metre, length in zip(metres, seconds, strict=True):
        lasting[metre] += length
    return max(lasting, key=lasting.get)
