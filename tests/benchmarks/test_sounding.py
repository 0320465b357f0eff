"""Songs of one plane: what the models and baselines of the library make of them."""

import numpy as np
import pytest

from _sounding import pack_sounding, pack_with_onsets
from mathrock.dataset.conditioning import conditioning_size, conditioning_vector
from mathrock.dataset.crops import crops
from mathrock.dataset.performance import velocities
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.windows import windows_of
from mathrock.models.lstm import build_model
from mathrock.pianoroll.match_model import find_matches, matched_steps
from mathrock.pianoroll.planes import ONSET, SOUNDING
from mathrock.training import baselines
from mathrock.training.likelihood import evaluate
from mathrock.training.music_statistics import describe
from splits import TRAIN, VALID


@pytest.fixture
def packed(tmp_path):
    """Pack rolls, bool (steps, 128), on a grid of 16 steps a second."""
    return lambda rolls, **knobs: pack_sounding(rolls, tmp_path, 16, least_seconds=1, **knobs)


def test_the_plane_and_cycles_come_back(packed, riff):
    roll = riff(40)[:, :, SOUNDING]
    sequences = packed({TRAIN: roll}, cycles=(16, 64))
    assert (sequences.planes, sequences.cycles) == (1, (16, 64))
    assert np.array_equal(sequences.song(TRAIN), roll[:, :, None])
    assert sequences.read_at(np.zeros(0, np.int64)).shape == (0, 128, 1)


def test_there_are_no_velocities(packed, riff, tmp_path):
    packed({TRAIN: riff(40)[:, :, SOUNDING]})
    assert np.load(tmp_path / "velocities.npy").size == 0
    assert not velocities(Sequences(tmp_path), 3, 20).any()


def test_there_is_nothing_to_condition_on(packed, riff):
    sequences = packed({TRAIN: riff(100)[:, :, SOUNDING]}, valid=0.1)
    assert conditioning_size(sequences) == 0
    assert conditioning_vector(sequences, {}).shape == (0,)


def test_crops_have_one_plane_and_its_own_echoes(packed):
    roll = np.random.default_rng(3).random((40, 128)) < 0.02
    sequences = packed({TRAIN: roll, VALID: roll}, window_seconds=1)
    windows = windows_of(sequences, "valid")
    arrays = next(crops(sequences, windows, 1, ("before", "echo", "steps")))[0]
    alone = roll[:, :, None]
    assert np.array_equal(arrays["steps"][0], alone[:16])
    assert np.array_equal(arrays["echo"][0], matched_steps(alone, find_matches(alone))[:16])


def test_a_pitch_has_one_decision(packed, riff):
    roll = riff(100)[:, :, SOUNDING]
    music = describe(packed({TRAIN: roll, VALID: roll}))
    assert music.planes == 1
    assert music.frequencies[:, 0] == pytest.approx((roll.sum(axis=0) + 0.5) / 101)


def test_notes_are_the_cells_that_sound(packed, riff):
    rolls = {TRAIN: riff(40)[:, :, SOUNDING], VALID: riff(30)[:, :, SOUNDING]}
    sequences = packed(rolls)
    model = build_model(describe(sequences), units=2)
    assert evaluate(model, sequences, "valid", 1)[0].notes == rolls[VALID].sum()


def test_frequencies_are_the_entropy_of_coins(packed):
    """A pitch that is on in half of the steps costs a bit a step; nothing else costs much."""
    roll = np.zeros((400, 128), bool)
    roll[:, 60] = np.random.default_rng(3).random(400) < 0.5
    sequences = packed({TRAIN: roll, VALID: roll})
    score = baselines.score_baselines(sequences, "valid")["frequencies"][0]
    silence = 127 * -np.log(1 - 0.5 / 401)
    assert score.nats / 400 == pytest.approx(np.log(2) + silence, rel=0.01)


def test_again_repeats_cells_as_often_as_the_training_songs_do(packed):
    roll = np.repeat(np.random.default_rng(4).random((100, 128)) < 0.5, 8, axis=0)
    odds = baselines.fit_baselines(packed({TRAIN: roll, VALID: roll}))["again"]
    on, off = 1 / (1 + np.exp(-odds[1])), 1 / (1 + np.exp(-odds[0]))
    assert on.mean() == pytest.approx(15 / 16, abs=0.01)  # 7 of 8 repeat, 1 of 8 is drawn
    assert off.mean() == pytest.approx(1 / 16, abs=0.01)


def test_first_steps_may_count_as_onsets(tmp_path, riff):
    roll = riff(40)
    sequences = pack_with_onsets({TRAIN: roll[:, :, SOUNDING]}, tmp_path, 16, least_seconds=1)
    assert np.array_equal(sequences.song(TRAIN)[:, :, ONSET], roll[:, :, ONSET])
