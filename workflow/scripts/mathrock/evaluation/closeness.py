"""How close music is to the training songs, after Yang and Lerch.

Of each feature they take the distances between the pieces of one set, which say how varied it is,
and from the pieces of another set to them: if these are distributed alike, the other set might be
of the first. The distributions are smoothed to densities, p within the set and q between the two.
The overlap is the area under both, 1 where they are the same and 0 where nothing is shared; the KL
divergence, D(p || q) in nats, is what q misses of p.

What is like the mean of all songs is near to all of them, too: a set without variety, whose own
pieces lie nearer to each other than the songs do, is not theirs, however close.

("On the evaluation of generative models in music", Neural Computing and Applications 32, 2020.)

Here the two pieces of a distance are never of one song, nor a take's and of the song that it
continues: else a set of few songs would be close to itself alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.integrate import trapezoid
from scipy.spatial.distance import cdist
from scipy.special import rel_entr
from scipy.stats import gaussian_kde

from mathrock.evaluation.pieces import evenly

LEAST_DISTANCES = 10
MOST_DISTANCES = 5000
SAME = 1e-6  # distances that differ by no more are equal
BANDWIDTHS = 5  # by which the limits of integration lie beyond the distances
POINTS = 400  # at which each density is integrated
LEAST_DENSITY = 1e-6  # mixed into both, as a share that is even, so that a divergence is finite


class Unknown(ValueError):
    """Two sets cannot be compared; the message says why."""


class Closeness(NamedTuple):
    """`overlap`, 0-1, and `kl`, nats."""

    overlap: float
    kl: float


def distances_within(histograms: Sequence[np.ndarray], songs: Sequence[str]) -> np.ndarray:
    """Euclidean distances between any two pieces' histograms that are not of one song.

    Args:
        histograms: of each piece, float64 (bins,).
        songs: of which each piece is.

    Returns:
        Float64 (n,), rising. Of very many, as many as `MOST_DISTANCES` that are distributed alike:
        at evenly spaced ranks.
    """
    one, other = np.triu_indices(len(songs), 1)
    return _distances(histograms, songs, histograms, songs, (one, other))


def distances_between(
    histograms: Sequence[np.ndarray],
    songs: Sequence[str],
    others: Sequence[np.ndarray],
    their_songs: Sequence[str],
) -> np.ndarray:
    """Likewise from each piece of one set to each of another."""
    return _distances(histograms, songs, others, their_songs, ...)


def _distances(histograms, songs, others, their_songs, pairs) -> np.ndarray:
    if not len(songs) or not len(their_songs):
        return np.zeros(0)
    found = cdist(np.array(histograms), np.array(others))[pairs]
    differ = np.not_equal.outer(np.array(songs), np.array(their_songs))[pairs]
    return np.array(evenly(np.sort(found[differ]), MOST_DISTANCES))


def closeness(within: np.ndarray, between: np.ndarray) -> Closeness:
    """Of the distances within a set and between another and it, both float64 (n,).

    Raises:
        Unknown: there are too few distances, or they are all the same.
    """
    for found, which in ((within, "between training songs"), (between, "to training songs")):
        if len(found) < LEAST_DISTANCES:
            least = f"at least {LEAST_DISTANCES} are needed"
            raise Unknown(f"too few pieces: {len(found)} distances {which}, {least}")
        if np.ptp(found) <= SAME:
            raise Unknown(f"all distances {which} are the same")
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
