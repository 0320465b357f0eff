import numpy as np
import pytest

from mathrock import pianoroll
from mathrock.measures import measure
from mathrock.planes import ONSET, SOUNDING
from mathrock.sampling import Sampling, continue_song

RATE = 16
NOTHING = np.zeros((0, 128, 2), np.bool_)


class Constant:
    """A model that always says the same, and remembers what it was fed."""

    def __init__(self, onset, sounding):
        self.logits = np.tile(np.array([sounding, onset], np.float32), (128, 1))
        self.fed = []

    def step(self, frame):
        self.fed.append(frame.copy())
        return self.logits


def go_on(model, seconds, snippet=NOTHING, seed=1, **knobs):
    """What the model adds to the snippet."""
    rng = np.random.default_rng(seed)
    roll = continue_song(model, snippet, seconds * RATE, RATE, Sampling(**knobs), rng)
    return roll[len(snippet) :]


def lively():
    return Constant(-5.5, -4.0)


def test_the_same_seed_gives_the_same_roll():
    one, same, other = (go_on(lively(), 20, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_snippet_comes_first_unchanged(riff):
    snippet = riff(40)
    before = snippet.copy()
    roll = continue_song(lively(), snippet, 10, RATE, Sampling(), np.random.default_rng(1))
    assert roll.shape == (50, 128, 2)
    assert roll.dtype == np.bool_
    assert np.array_equal(roll[:40], before)
    assert np.array_equal(snippet, before)


def test_the_model_is_fed_silence_then_each_step_once(riff):
    model = lively()
    roll = continue_song(model, riff(40), 10, RATE, Sampling(), np.random.default_rng(1))
    assert not model.fed[0].any()
    assert np.array_equal(np.array(model.fed[1:]), roll)


def test_a_silent_model_breaks_its_silence():
    roll = go_on(Constant(-20, -20), 120)
    assert measure(roll, RATE)["longest_silence"] < 6
    assert roll[:, :, ONSET].sum() < 120 * 4


def test_silence_is_left_alone_until_it_is_too_long():
    assert not go_on(Constant(-20, -20), 20, longest_silence=20).any()


def test_a_note_that_a_model_would_hold_for_ever_fades_out():
    snippet = np.zeros((4, 128, 2), np.bool_)
    snippet[:, [60, 64], SOUNDING] = snippet[0, [60, 64], ONSET] = True
    roll = go_on(Constant(-20, 20), 60, snippet)
    assert roll[0, [60, 64], SOUNDING].all()
    assert 3 <= measure(roll, RATE)["longest_note"] < 3 + 5


def test_a_note_is_left_alone_until_it_is_too_long():
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 60] = True
    assert go_on(Constant(-20, 20), 10, snippet, longest_note=20)[:, 60, SOUNDING].all()


@pytest.mark.parametrize("most", [1, 3, 8])
def test_no_more_notes_sound_than_allowed(most):
    roll = go_on(Constant(-1, 2), 20, max_polyphony=most)
    assert roll[:, :, SOUNDING].sum(axis=1).max() == most


def test_the_likeliest_notes_stay_in_a_crowd():
    model = Constant(5, 5)
    model.logits[60:63] = 15
    roll = go_on(model, 1, max_polyphony=3)
    assert np.flatnonzero(roll[:, :, ONSET].any(axis=0)).tolist() == [60, 61, 62]


def test_a_long_snippet_chord_gives_way_to_the_limit(riff):
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 40:60] = True
    assert go_on(Constant(-20, 20), 1, snippet, max_polyphony=4)[0, :, SOUNDING].sum() == 4


def test_only_pitches_in_range_are_struck():
    roll = go_on(Constant(-1, -1), 10, lowest_pitch=50, highest_pitch=53, max_polyphony=128)
    assert np.flatnonzero(roll.any(axis=(0, 2))).tolist() == [50, 51, 52, 53]


def test_nothing_sounds_that_was_not_struck():
    roll = go_on(Constant(-4, 1), 30)
    struck, sounding = roll[:, :, ONSET], roll[:, :, SOUNDING]
    assert not (struck & ~sounding).any()
    begins = sounding.copy()
    begins[1:] &= ~sounding[:-1]
    assert not (begins & ~struck).any()


def test_a_note_of_the_snippet_may_go_on():
    snippet = np.zeros((1, 128, 2), np.bool_)
    snippet[0, 60] = True
    roll = go_on(Constant(-20, 20), 1, snippet)
    assert roll[:, 60, SOUNDING].all()
    assert not roll[:, 60, ONSET].any()


def density(wanted):
    rolls = [
        go_on(Constant(-5.8, -5.8), 120, seed=seed, notes_per_second=wanted) for seed in (1, 2)
    ]
    return np.mean([measure(roll, RATE)["notes_per_second"] for roll in rolls])


def test_density_leans_towards_what_is_wanted():
    alone, fewer, more = density(0), density(2), density(14)
    assert 3.5 < alone < 5
    assert 2 < fewer < 0.85 * alone
    assert 1.15 * alone < more < 14


def test_a_density_that_fits_is_left_alone():
    assert density(density(0)) == pytest.approx(density(0), rel=0.15)


def test_temperature_below_one_is_safer_and_above_wilder():
    counts = [go_on(lively(), 60, temperature=t)[:, :, ONSET].sum() for t in (0.7, 1.0, 1.4)]
    assert counts[0] < counts[1] < counts[2]


def test_extreme_logits_are_no_trouble():
    with np.errstate(all="raise", under="ignore"):
        go_on(Constant(1e4, 1e4), 2)
        go_on(Constant(-1e4, -1e4), 2, temperature=0.01)


def test_what_is_drawn_is_a_proper_roll():
    roll = go_on(lively(), 20)
    again = pianoroll.encode(pianoroll.decode(roll, RATE), RATE)
    assert np.array_equal(again, roll[: len(again)])
