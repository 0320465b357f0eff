"""Compare two models' likelihoods of the same songs by a paired bootstrap."""

from typing import NamedTuple

import numpy as np

RESAMPLES = 2000


class Scored(NamedTuple):
    """Scores of songs by trainings that differ in their seeds alone.

    nats: float (seeds, songs), negative log-likelihoods.
    steps: int (songs,), the scored steps of each song.
    """

    nats: np.ndarray
    steps: np.ndarray


def difference(ours: Scored, base: Scored) -> tuple[float, tuple[float, float] | None]:
    """Compute how many nats a step `ours` has more than `base`, over the same songs in order.

    Returns:
        The difference and its 95% interval. Songs are resampled with replacement, the same for
        both, and seeds for each by itself: both which songs were held out and which seeds were
        tried are chance. The interval is None for fewer than two songs.
    """
    songs = ours.nats.shape[1]
    once = np.ones(songs, np.int64)
    value = _nats_per_step(ours, once) - _nats_per_step(base, once)
    if songs < 2:
        return value, None
    rng = np.random.default_rng(0)
    values = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        times = np.bincount(rng.integers(songs, size=songs), minlength=songs)
        drawn = [one._replace(nats=rng.choice(one.nats, len(one.nats))) for one in (ours, base)]
        values[number] = _nats_per_step(drawn[0], times) - _nats_per_step(drawn[1], times)
    low, high = np.quantile(values, [0.025, 0.975])
    return value, (float(low), float(high))


def _nats_per_step(scored: Scored, times: np.ndarray) -> float:
    """Compute the mean over seeds, where each song is drawn so many times."""
    return float((scored.nats @ times).mean() / (scored.steps @ times))
