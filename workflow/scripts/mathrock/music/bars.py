"""The bars of a song: where they begin, in steps and in seconds, and in which metre.

Bars are a structured array `BAR`, a row a bar, and one row more for the line that ends the last: so
each bar ends where the next row begins. No rows: the song's bars are not known.
"""

import numpy as np

BAR = np.dtype(
    [("step", "<f8"), ("seconds", "<f8"), ("numerator", "u1"), ("denominator", "u1")]
)  # `step` may lie between steps: on a grid of seconds it mostly does
MOST = 255  # numerator


def quarters_of(bars: np.ndarray) -> np.ndarray:
    """Length of each bar in quarter notes, float64 (rows,)."""
    return 4.0 * bars["numerator"] / bars["denominator"]


def tempos_of(bars: np.ndarray) -> np.ndarray:
    """Quarter notes a minute in each bar, float64 (rows - 1,)."""
    return quarters_of(bars)[:-1] * 60 / np.diff(bars["seconds"])


def to_rows(bars: np.ndarray) -> list[list]:
    """[step, seconds, numerator, denominator] of each row, plain values for a JSON file."""
    return [[round(s, 6), round(t, 6), n, d] for s, t, n, d in bars.tolist()]


def from_rows(rows: list[list]) -> np.ndarray:
    """What `to_rows` gave as an array."""
    return np.array([tuple(row) for row in rows], BAR)
