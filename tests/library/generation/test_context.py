import numpy as np
import pytest

from mathrock.generation.context import Contexts
from mathrock.pianoroll.match_model import find_matches, matched_steps


def contexts_of(rolls, **knobs):
    """The contexts of all steps, {name: (takes, steps, ...)}."""
    contexts = Contexts(rolls, **knobs)
    told = [contexts.next() for _ in range(rolls.shape[1])]
    return {name: np.stack([context[name] for context in told], axis=1) for name in told[0]}


@pytest.fixture
def rolls(riff):
    return np.array([riff(60), np.roll(riff(60, [50, 55]), 3, axis=0)])


def test_before_is_the_last_step_and_silence_at_first(rolls):
    before = contexts_of(rolls)["before"]
    assert before.dtype == np.float32
    assert not before[:, 0].any()
    assert np.array_equal(before[:, 1:], rolls[:, :-1])


def test_echoes_are_those_of_training(rolls):
    contexts = contexts_of(rolls)
    for take, roll in enumerate(rolls):
        found = find_matches(roll)
        assert np.array_equal(contexts["echo"][take], matched_steps(roll, found))
        assert np.array_equal(contexts["likeness"][take], found["likeness"])
    assert contexts["echo"].dtype == contexts["likeness"].dtype == np.float32


def test_what_comes_later_is_not_looked_at(rolls):
    later = rolls.copy()
    later[:, 30:] = ~later[:, 30:]
    one, other = contexts_of(rolls), contexts_of(later)
    for name in one:
        assert np.array_equal(one[name][:, :31], other[name][:, :31])


def test_every_take_is_told_the_same_places(rolls):
    places = np.random.default_rng(1).normal(size=(60, 4)).astype(np.float32)
    place = contexts_of(rolls, places=places)["place"]
    assert np.array_equal(place, [places, places])
    assert place.dtype == np.float32


def test_without_cycles_there_is_no_place(rolls):
    for places in (None, np.zeros((60, 0), np.float32)):
        assert contexts_of(rolls, places=places).keys() == {"before", "echo", "likeness"}


def test_a_model_is_told_no_more_than_it_needs(rolls):
    assert contexts_of(rolls, needs=("before",), places=np.ones((60, 2))).keys() == {"before"}
