"""Find the onsets in a roll."""

import numpy as np

from mathrock.pianoroll.planes import ONSET


def onsets_of(roll: np.ndarray) -> np.ndarray:
    """Find the onsets, bool (steps, 128); none in a roll that was packed without their plane."""
    return roll[:, :, ONSET:].any(axis=2)
