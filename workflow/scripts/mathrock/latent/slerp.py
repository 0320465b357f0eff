"""The way from a point to another in a space whose points lie around 0, as a prior's do."""

import numpy as np


def between(one: np.ndarray, other: np.ndarray, way: float) -> np.ndarray:
    """The point so much of the way, 0-1, from one to the other along a great circle.

    Shoemake, "Animating Rotation with Quaternion Curves" (1985), in any dimension; between points
    at different distances from 0 the distance changes evenly.
    """
    lengths = np.linalg.norm(one), np.linalg.norm(other)
    if min(lengths) == 0:
        return one + way * (other - one)
    one, other = one / lengths[0], other / lengths[1]
    angle = np.arccos(np.clip(one @ other, -1, 1))
    if np.sin(angle) < 1e-6:
        point = one + way * (other - one)
    else:
        point = (np.sin((1 - way) * angle) * one + np.sin(way * angle) * other) / np.sin(angle)
    return (lengths[0] ** (1 - way) * lengths[1] ** way * point).astype(np.float32)
