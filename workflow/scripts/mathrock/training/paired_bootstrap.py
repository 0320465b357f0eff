"""How much likelier songs are to one model than to another: song by song, with an interval."""

from typing import NamedTuple

import numpy as np

RESAMPLES = 2000


class Scored(NamedTuple):
    """Songs as trainings of one kind, each from its seed, find them.

    nats: float (seeds, songs), negative log-likelihoods.
    steps: int (songs,), how many of each were scored.
    """

    nats: np.ndarray
    steps: np.ndarray


def difference(ours: Scored, base: Scored) -> tuple[float, tuple[float, float] | None]:
    """Nats a step that `ours` needs more than `base` over the same songs in the same order.

    Returns:
        The difference, and the middle 95% of it over songs drawn anew with replacement, the same
        for both, and over seeds, for each by themselves. Which songs were held out and which seeds
        were tried are both chance. None for less than two songs.
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
    """The mean over seeds, of songs that come so many times each."""
    return float((scored.nats @ times).mean() / (scored.steps @ times))
