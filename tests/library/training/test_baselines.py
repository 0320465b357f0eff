from itertools import product

import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.pianoroll.planes import ONSET, SOUNDING
from mathrock.training import baselines
from mathrock.training.baselines import BASELINES, baseline_nats
from splits import TEST, TRAIN, VALID


@pytest.fixture
def songs(pack_songs, riff):
    rolls = {TRAIN: riff(100), VALID: riff(60, [60, 61]), TEST: riff(300, [60, 64])}
    return Sequences(pack_songs(rolls)[0])


def test_the_sets_of_six_pitches_have_probabilities_that_sum_to_1():
    rng = np.random.default_rng(1)
    odds = rng.normal(size=(2, 6, 1)).astype("float32")
    steps = np.array(list(product([False, True], repeat=6)))[..., None]
    before = np.broadcast_to(rng.random((6, 1)) < 0.5, steps.shape)
    assert np.exp(-baseline_nats(odds, steps, before)).sum() == pytest.approx(1, rel=1e-5)


def test_the_steps_of_three_pitches_with_onsets_have_probabilities_that_sum_to_1():
    """What may come after: silence, an onset, and, if it sounded, going on."""
    odds = np.random.default_rng(2).normal(size=(2, 3, 2)).astype("float32")
    sounded = [True, False, True]
    silent, struck, held = (False, False), (True, True), (True, False)
    choices = [[silent, struck, held] if one else [silent, struck] for one in sounded]
    steps = np.array(list(product(*choices)))
    before = np.zeros_like(steps)
    before[:, :, SOUNDING] = sounded
    assert len(steps) == 3 * 2 * 3
    assert np.exp(-baseline_nats(odds, steps, before)).sum() == pytest.approx(1, rel=1e-5)


def test_again_knows_what_is_held(songs):
    found = baselines.fit_baselines(songs)
    assert found["frequencies"][0] == pytest.approx(found["frequencies"][1])
    scores = baselines.score_baselines(songs, "test")
    assert scores["again"][0].nats < scores["frequencies"][0].nats


def test_scores_are_by_song_with_steps_and_notes(songs, monkeypatch):
    whole = baselines.score_baselines(songs, "test")
    assert whole.keys() == set(BASELINES)
    notes = songs.song(TEST)[:, :, ONSET].sum()
    assert [score[0] for score in whole["again"]] == [TEST]
    assert (whole["again"][0].steps, whole["again"][0].notes) == (300, notes)
    monkeypatch.setattr(baselines, "CHUNK", 11)
    for name, scores in baselines.score_baselines(songs, "test").items():
        assert scores[0].nats == pytest.approx(whole[name][0].nats, rel=1e-6)


def test_of_a_held_out_end_only_the_end_is_scored(pack_songs, riff):
    sequences = Sequences(pack_songs({TRAIN: riff(100)}, valid=0.2)[0])
    assert baselines.score_baselines(sequences, "valid")["again"][0].steps == 20
    assert baselines.score_baselines(sequences, "test") == {"frequencies": [], "again": []}
