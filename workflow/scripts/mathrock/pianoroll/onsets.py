"""Where notes begin in a roll."""

import numpy as np

from mathrock.pianoroll.planes import ONSET


def struck(seen: np.ndarray) -> np.ndarray:
    """Find the onsets of a roll, bool (steps, 128, planes): bool (steps, 128)."""
    return seen[:, :, ONSET]
