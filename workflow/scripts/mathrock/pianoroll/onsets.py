"""Find the onsets in a roll."""

import numpy as np

from mathrock.pianoroll.planes import ONSET


def onsets_of(roll: np.ndarray) -> np.ndarray:
    """Find the onsets of a roll, bool (steps, 128, planes): bool (steps, 128)."""
    return roll[:, :, ONSET]
