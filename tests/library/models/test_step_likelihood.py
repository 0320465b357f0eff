import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.models.step_likelihood import (
    ONSET_DECISION,
    SUSTAIN_DECISION,
    negative_log_likelihood,
    targets_and_mask,
)


def answers(sounding, onset, sounded):
    """What is decided of one pitch."""
    step = np.array([[sounding, onset]], float)
    targets, mask = targets_and_mask(step, np.array([[sounded, 0]], float))
    return np.asarray(targets)[0].tolist(), np.asarray(mask)[0].tolist()


def test_what_is_struck_is_not_asked_to_go_on():
    for sounded in (0, 1):
        assert answers(1, 1, sounded) == ([1, 0], [1, 0])


def test_only_what_sounded_is_asked_to_go_on():
    assert answers(0, 0, 0) == ([0, 0], [1, 0])
    assert answers(0, 0, 1) == ([0, 0], [1, 1])
    assert answers(1, 0, 1) == ([0, 1], [1, 1])


def test_a_note_without_an_onset_counts_as_struck():
    assert answers(1, 0, 0) == ([1, 0], [1, 0])


def test_a_single_plane_is_asked_whether_it_sounds():
    step = np.array([[1.0], [0.0]])
    targets, mask = targets_and_mask(step, 1 - step)
    assert np.array_equal(targets, step)
    assert np.asarray(mask).all()


@given(st.integers(0, 1000))
def test_the_chances_of_all_steps_add_up_to_1(seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(3, 2)).astype("float32")
    before = np.zeros((3, 2), "float32")
    before[:, 0] = rng.integers(0, 2, 3)
    total = 0
    for kinds in itertools.product([(0, 0), (1, 1), (1, 0)], repeat=3):
        step = np.array(kinds, "float32")
        if (step[:, 0] <= np.maximum(step[:, 1], before[:, 0])).all():
            total += np.exp(
                -np.asarray(negative_log_likelihood(logits, *targets_and_mask(step, before)))
            )
    assert total == pytest.approx(1, rel=1e-5)


def test_nats_are_of_the_decisions_asked_alone():
    logits = np.zeros((4, 2), "float32")
    logits[0, ONSET_DECISION] = logits[0, SUSTAIN_DECISION] = 50
    mask = np.array([[1, 0], [1, 1], [0, 0], [0, 0]], "float32")
    targets = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], "float32")
    assert float(negative_log_likelihood(logits, targets, mask)) == pytest.approx(2 * np.log(2))
