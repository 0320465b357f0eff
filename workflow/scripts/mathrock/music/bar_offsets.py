"""Shift a table of bars to another origin."""

import numpy as np

from mathrock.music.grid import grid_through


def shift_bars(bars: np.ndarray, step: int) -> np.ndarray:
    """Count the steps and the seconds of bars from `step` instead of from the song's start."""
    if not len(bars):
        return bars
    moved = bars.copy()
    moved["seconds"] -= grid_through(bars["step"], bars["seconds"]).seconds(step)
    moved["step"] -= step
    return moved
