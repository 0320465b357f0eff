import numpy as np
import pytest

from mathrock.training.paired_bootstrap import Scored, difference

STEPS = np.array([10, 30, 20, 40, 25, 35])
EASE = np.array([1.0, 5.0, 2.0, 9.0, 3.0, 4.0])  # nats a step: songs differ much


def scored(extra, seeds=(0.0,)):
    nats = (EASE + np.asarray(extra)) * STEPS
    return Scored(np.array([nats + seed * STEPS for seed in seeds]), STEPS)


def test_it_is_in_nats_a_step_over_all_steps():
    value, _ = difference(scored([0.5, 0, 0, 0, 0, 0]), scored(0))
    assert value == pytest.approx(0.5 * 10 / 160)


def test_a_constant_gain_is_certain_however_much_songs_differ():
    value, (low, high) = difference(scored(-0.2), scored(0))
    assert (value, low, high) == pytest.approx((-0.2, -0.2, -0.2))


def test_a_gain_that_depends_on_the_song_is_not():
    value, (low, high) = difference(scored([-2, 1.5, -1, 1, -0.5, 0.4]), scored(0))
    assert low < 0 < high
    assert low < value < high


def test_a_gain_less_than_what_seeds_make_is_not():
    same = difference(scored(-0.2, (-0.1, 0.1)), scored(0))[1]
    wider = difference(scored(-0.2, (-1, 1)), scored(0, (-1, 1)))[1]
    assert same[0] < -0.2 < same[1] < 0
    assert wider[0] < 0 < wider[1]


def test_it_is_the_mean_over_seeds():
    assert difference(scored(0, (1, 2, 3)), scored(0, (0, 1)))[0] == pytest.approx(1.5)


def test_one_song_has_no_interval():
    one = Scored(np.array([[30.0]]), np.array([10]))
    assert difference(one, one) == (0, None)


def test_a_training_that_exploded_tells_nothing():
    value, (low, high) = difference(scored(np.nan), scored(0))
    assert np.isnan([value, low, high]).all()


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Of songs and seeds drawn anew, near 95%: a percentile bootstrap of few is a little narrow."""
    rng, held = np.random.default_rng(1), 0
    steps = np.full(30, 20)
    for _ in range(60):
        song, seeds = rng.normal(5, 2, 30), rng.normal(0, 0.1, (2, 8, 1))
        noise = rng.normal(0, 0.3, 30)
        ours = Scored((song + 0.3 + noise + seeds[0]) * steps, steps)
        low, high = difference(ours, Scored((song + seeds[1]) * steps, steps))[1]
        held += low < 0.3 < high
    assert 51 <= held <= 60
