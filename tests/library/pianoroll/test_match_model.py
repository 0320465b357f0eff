import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mathrock.pianoroll import match_model
from mathrock.pianoroll.match_model import NO_MATCH, MatchModel, find_matches, matched_steps


def noise(steps, planes=2, seed=0):
    return np.random.default_rng(seed).random((steps, 128, planes)) < 0.03


def test_a_repeated_passage_echoes_its_first_time():
    passage = noise(40)
    found = find_matches(np.concatenate([passage, noise(30, seed=1), passage]))
    assert (found["step"][76:] == np.arange(76, 110)[:, None] - 70).all()
    assert (np.diff(found["likeness"][72:], axis=0) > 0).all()
    assert found["likeness"][-1, 0] > 0.99


def test_the_echo_is_the_step_that_followed():
    passage = noise(20)
    roll = np.concatenate([passage, passage])
    heard = matched_steps(roll, find_matches(roll))
    assert heard.shape == (40, 128, 4)
    assert np.array_equal(heard[30:, :, :2], passage[10:])
    assert np.array_equal(heard[30:, :, 2:], passage[10:])


def test_a_wrong_note_does_not_break_the_thread():
    passage = noise(40)
    again = passage.copy()
    again[20, 60] ^= True
    found = find_matches(np.concatenate([passage, again]))
    assert (found["step"][50:] == np.arange(50, 80)[:, None] - 40).all()


def test_there_is_nothing_to_echo_at_first():
    roll = noise(5)
    found = find_matches(roll)
    assert (found["step"][:2] == NO_MATCH).all()
    assert (found["likeness"][:2] == 0).all()
    assert not matched_steps(roll, found)[:2].any()
    assert (found["step"][2:] != NO_MATCH).all()
    assert len(find_matches(roll[:0])) == 0


@given(st.integers(0, 100), st.integers(2, 60), st.integers(0, 59))
def test_the_future_changes_nothing(seed, steps, cut):
    roll = noise(steps, seed=seed)
    other = roll.copy()
    other[cut:] ^= True
    assert np.array_equal(find_matches(roll)[: cut + 1], find_matches(other)[: cut + 1])


@given(st.integers(0, 100), st.integers(-12, 12))
def test_a_transposed_song_echoes_the_same_places(seed, shift):
    roll = noise(50, seed=seed)
    assert np.array_equal(find_matches(roll), find_matches(np.roll(roll, shift, axis=1)))


def test_of_equally_good_places_the_latest_is_taken():
    roll = np.zeros((30, 128, 2), bool)
    assert (find_matches(roll)["step"][2:] == np.arange(1, 29)[:, None]).all()


def test_only_the_horizon_is_searched(monkeypatch):
    monkeypatch.setattr(match_model, "HORIZON", 10)
    passage = noise(8)
    found = find_matches(np.concatenate([passage, noise(30, seed=1), passage]))
    assert (found["step"][2:] >= np.arange(2, 46)[:, None] - 11).all()
    assert (found["step"] < np.arange(46)[:, None]).all()


def test_step_by_step_is_the_same():
    roll = noise(30)
    found, online = find_matches(roll), MatchModel(30, 256)
    for step, expected in zip(roll, found, strict=True):
        assert online.predict() == expected
        online.append(step)
