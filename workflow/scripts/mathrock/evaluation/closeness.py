"""Measure the distributional similarity of music and the training songs, after Yang and Lerch.

For each feature, two sets of distances are compared: intra-set distances, between the pieces of one
set, and inter-set distances, from the pieces of another set to those of the first. Where both are
distributed alike, the other set may be of the same kind as the first. Kernel density estimation
smooths the distances to densities, p of intra-set and q of inter-set distances. The overlapped area
is the area under both densities: 1 where they are equal, 0 where they share nothing. The KL
divergence, D(p || q) in nats, is 0 where they are equal.

A piece that is like the mean of all songs is close to each of them. So a set without variety, with
smaller distances among its own pieces than among the songs, can overlap well without being alike.

("On the evaluation of generative models in music", Neural Computing and Applications 32, 2020.)

Two pieces of one song are never compared, nor is a take compared with the song that it continues:
otherwise a set of few songs would be close to itself alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.integrate import trapezoid
from scipy.spatial.distance import cdist
from scipy.special import rel_entr
from scipy.stats import gaussian_kde

from mathrock.evaluation.pieces import choose_evenly

LEAST_DISTANCES = 10
MOST_DISTANCES = 5000
SAME = 1e-6  # distances whose range is no larger are all the same
BANDWIDTHS = 5  # that the limits of integration lie beyond the distances
POINTS = 400  # at which each density is integrated
LEAST_DENSITY = 1e-6  # share of a uniform density mixed into both, for a finite divergence


class NotComparable(ValueError):
    """Raised where two sets cannot be compared; the message says why."""


class Closeness(NamedTuple):
    """Overlapped area, 0-1, and KL divergence in nats."""

    overlap: float
    kl: float


def distances_within(histograms: Sequence[np.ndarray], songs: Sequence[str]) -> np.ndarray:
    """Compute intra-set distances: Euclidean, between the histograms of pieces of different songs.

    Args:
        histograms: one a piece, float64 (bins,).
        songs: the song of each piece.

    Returns:
        Float64 (n,), ascending. Of more than `MOST_DISTANCES`, as many at evenly spaced ranks.
    """
    one, other = np.triu_indices(len(songs), 1)
    return _distances(histograms, songs, histograms, songs, (one, other))


def distances_between(
    histograms: Sequence[np.ndarray],
    songs: Sequence[str],
    others: Sequence[np.ndarray],
    their_songs: Sequence[str],
) -> np.ndarray:
    """Compute inter-set distances, from each piece of one set to each piece of another."""
    return _distances(histograms, songs, others, their_songs, ...)


def _distances(histograms, songs, others, their_songs, pairs) -> np.ndarray:
    """Compute the distances of those `pairs` whose songs differ, see `distances_within`."""
    if not len(songs) or not len(their_songs):
        return np.zeros(0)
    found = cdist(np.array(histograms), np.array(others))[pairs]
    differ = np.not_equal.outer(np.array(songs), np.array(their_songs))[pairs]
    return np.array(choose_evenly(np.sort(found[differ]), MOST_DISTANCES))


def closeness(within: np.ndarray, between: np.ndarray) -> Closeness:
    """Compare intra-set and inter-set distances, both float64 (n,).

    Raises:
        Unknown: there are too few distances, or they are all the same.
    """
    for found, which in ((within, "between training songs"), (between, "to training songs")):
        if len(found) < LEAST_DISTANCES:
            least = f"at least {LEAST_DISTANCES} are needed"
            raise NotComparable(f"too few pieces: {len(found)} distances {which}, {least}")
        if np.ptp(found) <= SAME:
            raise NotComparable(f"all distances {which} are the same")
    densities = [gaussian_kde(found) for found in (within, between)]
    reach = [BANDWIDTHS * np.sqrt(density.covariance[0, 0]) for density in densities]
    limits = [
        (found.min() - far, found.max() + far)
        for found, far in zip((within, between), reach, strict=True)
    ]
    # The points of both, or a narrow density would fall between those of a wide one.
    at = np.unique(np.concatenate([np.linspace(*limit, POINTS) for limit in limits]))
    even = LEAST_DENSITY / (at[-1] - at[0])
    p, q = ((1 - LEAST_DENSITY) * density(at) + even for density in densities)
    overlap, kl = trapezoid(np.minimum(p, q), at), trapezoid(rel_entr(p, q), at)
    return Closeness(float(min(1.0, overlap)), float(max(0.0, kl)))
