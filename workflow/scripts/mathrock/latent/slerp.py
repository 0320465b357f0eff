"""Spherical linear interpolation, for spaces whose points lie around 0 as a prior's do."""

import numpy as np


def slerp(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Interpolate between two points along a great circle: `a` at t = 0, `b` at t = 1.

    Shoemake, "Animating Rotation with Quaternion Curves" (1985), in any dimension; the distance
    from 0 changes evenly on a logarithmic scale. From or to 0, and between points in one or in
    opposite directions, the way is straight.
    """
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) == 0:
        return a + t * (b - a)
    a, b = a / lengths[0], b / lengths[1]
    angle = np.arccos(np.clip(a @ b, -1, 1))
    if np.sin(angle) < 1e-6:
        point = a + t * (b - a)
    else:
        point = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    return (lengths[0] ** (1 - t) * lengths[1] ** t * point).astype(np.float32)
