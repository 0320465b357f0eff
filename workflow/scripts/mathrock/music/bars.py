"""The table of a song's bars: the step and the time at which each bar begins, and its metre.

Conventions: bars are a structured array of dtype `BAR`. There is a row for each bar, and one row
more for the bar line that ends the last bar, so each bar ends where the next row begins. An array
without rows means that the song's bars are not known.
"""

import numpy as np

BAR = np.dtype(
    [("step", "<f8"), ("seconds", "<f8"), ("numerator", "u1"), ("denominator", "u1")]
)  # `step` may lie between steps: on a grid of seconds it mostly does
MAX_NUMERATOR = 255  # numerator


def bar_quarters(bars: np.ndarray) -> np.ndarray:
    """Compute the length of each bar in quarter notes, float64 (rows,)."""
    return 4.0 * bars["numerator"] / bars["denominator"]


def bar_tempos(bars: np.ndarray) -> np.ndarray:
    """Compute the tempo of each bar in quarter notes a minute, float64 (rows - 1,)."""
    return bar_quarters(bars)[:-1] * 60 / np.diff(bars["seconds"])


def to_rows(bars: np.ndarray) -> list[list]:
    """Convert bars to lists [step, seconds, numerator, denominator] of plain values, for JSON."""
    return [[round(s, 6), round(t, 6), n, d] for s, t, n, d in bars.tolist()]


def from_rows(rows: list[list]) -> np.ndarray:
    """Convert the lists that `to_rows` returned back to an array."""
    return np.array([tuple(row) for row in rows], BAR)
