"""Bars counted from another step on."""

import numpy as np

from mathrock.music.grid import grid_through


def counted_from(bars: np.ndarray, step: int) -> np.ndarray:
    """The bars, in steps and seconds from a step on."""
    if not len(bars):
        return bars
    moved = bars.copy()
    moved["seconds"] -= grid_through(bars["step"], bars["seconds"]).seconds(step)
    moved["step"] -= step
    return moved
