import math

import numpy as np
import pytest
from scipy.stats import norm

from mathrock.evaluation.closeness import (
    MOST_DISTANCES,
    NotComparable,
    closeness,
    distances_between,
    distances_within,
)


def normal(mean, deviation, count=4000):
    """A Gaussian's quantiles: its shape without its chance."""
    return norm.ppf((np.arange(count) + 0.5) / count, mean, deviation)


def test_equal_sets_overlap_wholly():
    found = closeness(normal(1, 0.2), normal(1, 0.2))
    assert found.overlap == pytest.approx(1, abs=1e-3)
    assert found.kl == pytest.approx(0, abs=1e-3)


def test_far_sets_do_not_overlap_and_their_divergence_is_finite():
    found = closeness(normal(0, 0.1), normal(50, 0.1))
    assert found.overlap < 1e-3
    assert 5 < found.kl < 50


def test_overlap_and_divergence_of_known_gaussians():
    """Two deviations apart: 2 * cdf(-1) overlap, half of the squared distance is the KL."""
    found = closeness(normal(0, 1), normal(2, 1))
    assert found.overlap == pytest.approx(0.3173, abs=0.02)
    assert found.kl == pytest.approx(2, abs=0.12)  # the densities are somewhat wider


def test_the_divergence_is_of_the_set_from_the_other():
    narrow, wide = normal(0, 1), normal(0, 2)
    assert closeness(narrow, wide).kl == pytest.approx(math.log(2) + 1 / 8 - 1 / 2, abs=0.02)
    # More, as a sample's tails end.
    assert closeness(wide, narrow).kl == pytest.approx(-math.log(2) + 2 - 1 / 2, abs=0.15)


def test_a_narrow_density_does_not_fall_between_the_points_of_a_wide_one():
    found = closeness(normal(0, 1), normal(0.1234, 1e-5))
    assert found.overlap < 1e-3
    assert closeness(normal(0.1234, 1e-5), normal(0, 1)).kl == pytest.approx(
        math.log(1e5) - 0.5, rel=0.02
    )


def test_equal_distances_are_told_not_guessed():
    with pytest.raises(NotComparable, match="all distances between training songs are the same"):
        closeness(np.ones(50), normal(1, 0.1))
    with pytest.raises(NotComparable, match="all distances to training songs are the same"):
        closeness(normal(1, 0.1), np.zeros(50))


def test_few_distances_are_told_not_guessed():
    with pytest.raises(NotComparable, match="too few pieces: 3 distances to training songs"):
        closeness(normal(0, 1), np.arange(3.0))
    with pytest.raises(NotComparable, match="too few pieces: 0"):
        closeness(np.zeros(0), normal(0, 1))


PIECES = [np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0.5, 0.5, 0])]


def test_distances_within_are_of_pairs_of_different_songs():
    assert distances_within(PIECES, ["a", "b", "c"]) == pytest.approx([0.5**0.5, 0.5**0.5, 2**0.5])
    assert distances_within(PIECES, ["a", "a", "c"]) == pytest.approx([0.5**0.5, 0.5**0.5])
    assert distances_within(PIECES, ["a", "a", "a"]).shape == (0,)
    assert distances_within([], []).shape == (0,)


def test_distances_between_leave_out_the_song_that_a_take_continues():
    take = [np.array([1.0, 0, 0])]
    assert distances_between(take, ["x"], PIECES, ["a", "b", "c"]) == pytest.approx(
        [0, 0.5**0.5, 2**0.5]
    )
    assert distances_between(take, ["a"], PIECES, ["a", "b", "c"]) == pytest.approx(
        [0.5**0.5, 2**0.5]
    )
    assert distances_between([], [], PIECES, ["a", "b", "c"]).shape == (0,)


def test_of_many_distances_those_left_are_distributed_alike():
    rng = np.random.default_rng(0)
    histograms = list(rng.dirichlet(np.ones(5), 200))
    found = distances_within(histograms, list(map(str, range(200))))
    assert found.shape == (MOST_DISTANCES,)
    whole = [np.linalg.norm(a - b) for i, a in enumerate(histograms) for b in histograms[:i]]
    shares = np.linspace(0.05, 0.95, 7)
    assert np.quantile(found, shares) == pytest.approx(np.quantile(whole, shares), abs=1e-3)
