"""Where notes begin in a roll."""

import numpy as np

from mathrock.pianoroll.planes import ONSET


def struck(seen: np.ndarray) -> np.ndarray:
    """Where the onsets are, bool (steps, 128): nowhere in songs that are packed without them."""
    return seen[:, :, ONSET:].any(axis=2)
