"""Encode metrical positions: the phases of steps in cycles or in the bars and beats of a song.

Conventions: the phase in each cycle is a point on the unit circle; a position is the cosines of all
cycles, then their sines.
"""

import numpy as np

from mathrock.music.bars import bar_quarters

# The cycles of songs with bars; a beat is a quarter note. A model could compute its subdivisions
# from the phase in the beat, but it would have to learn their waves, which takes long.
IN_BARS = ("bar", "beat", "eighth", "triplet", "sixteenth")
_A_BEAT = (1, 2, 3, 4)  # cycles in a beat, of each but the bar


def metrical_positions(
    cycles: tuple[int | str, ...], bars: np.ndarray, first: int, steps: int
) -> np.ndarray:
    """Encode the positions of steps [first, first + steps) of a song: float32 (steps, 2*cycles).

    Args:
        cycles: lengths in steps, or `IN_BARS`: the phases in the bar, and in the quarter note and
            its subdivisions, counted from the bar line.
        bars: of the song, see `music/bars`. Where they are not known, positions are all 0.
    """
    at = np.arange(first, first + steps)
    if cycles != IN_BARS:
        turns = at[:, None] / np.array(cycles, np.float64)
    elif len(bars):
        turns = _turns_in_bars(bars, at)
    else:
        return np.zeros((steps, 2 * len(cycles)), np.float32)
    angles = 2 * np.pi * turns
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def _turns_in_bars(bars: np.ndarray, at: np.ndarray) -> np.ndarray:
    lines = bars["step"]
    bar = np.clip(np.searchsorted(lines, at + 1e-6, "right") - 1, 0, len(bars) - 2)
    share = (at - lines[bar]) / (lines[bar + 1] - lines[bar])
    beats = share * bar_quarters(bars)[bar]
    return np.column_stack([share, *(beats * often for often in _A_BEAT)])
