import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.music.bars import BAR
from mathrock.pianoroll.attributes import ATTRIBUTES, attributes_of, standard_scores
from mathrock.pianoroll.metrical_position import IN_BARS, metrical_positions

FOUR = np.array([(0, 0, 4, 4), (16, 2, 4, 4), (32, 4, 4, 4)], BAR)  # a step is a sixteenth


def roll_of(notes, steps=16):
    """A roll in which these (step, pitch) are struck, a step long."""
    roll = np.zeros((steps, 128, 2), bool)
    for step, pitch in notes:
        roll[step, pitch] = True
    return roll


def found(notes, steps=16, rate=8, bars=FOUR):
    values = attributes_of(roll_of(notes, steps), rate, metrical_positions(IN_BARS, bars, 0, steps))
    assert (values.shape, values.dtype) == ((4,), np.float32)
    return dict(zip(ATTRIBUTES, values.tolist(), strict=True))


def test_density_is_notes_a_second():
    assert found([(0, 60), (0, 64), (5, 60)])["density"] == pytest.approx(1.5)


def test_pitch_is_the_mean_of_the_notes():
    assert found([(0, 60), (0, 64), (5, 60)])["pitch"] == pytest.approx(184 / 3)


@pytest.mark.parametrize(
    ("notes", "syncopation"),
    [
        ([(0, 60), (4, 60), (8, 60)], 0),  # on the beat
        ([(step, 60) for step in range(16)], 0),  # a stronger place is never empty
        ([(2, 60), (6, 60)], 1),  # an eighth off the beat
        ([(3, 60)], 2),  # a sixteenth before the beat
        ([(1, 60)], 1),  # before the eighth
        ([(0, 60), (3, 60), (4, 61)], 0),  # the voice goes on with another note
        ([(0, 60), (3, 60), (4, 73)], 2 / 3),  # more than an octave off: another voice
        ([(0, 60), (15, 60)], 0),  # what comes after is not known
    ],
)
def test_syncopation_is_by_hand(notes, syncopation):
    assert found(notes)["syncopation"] == pytest.approx(syncopation)


def test_a_coarser_grid_finds_the_nearest_sixteenth():
    """At 105 quarter notes a minute and 12 steps a second an eighth is 3.4 steps."""
    beat = 60 / 105 * 12
    bars = np.array([(n * 4 * beat, n * 4 * beat / 12, 4, 4) for n in range(3)], BAR)
    on = [(round(n * beat), 60) for n in range(8)]
    off = [(round((n + 0.5) * beat), 60) for n in range(7)]
    assert found(on, 55, 12, bars)["syncopation"] == 0
    assert found(off, 55, 12, bars)["syncopation"] == 1


@pytest.mark.parametrize(
    ("notes", "repetition"),
    [
        ([(0, 60), (2, 60), (4, 60)], 1),  # the first has nothing before it
        ([(0, 60), (2, 62), (4, 60)], 0),
        ([(0, 60), (2, 60), (4, 62), (6, 60)], 1 / 3),
        ([(0, 60), (2, 64), (2, 60), (4, 60), (4, 64)], 3 / 4),
        ([(0, 60), (1, 40), (2, 60), (3, 40)], 1),  # two voices
        ([(0, 60)], None),
    ],
)
def test_repetition_is_by_hand(notes, repetition):
    value = found(notes)["repetition"]
    assert np.isnan(value) if repetition is None else value == pytest.approx(repetition)


def test_silence_is_told_as_far_as_it_can_be():
    assert found([])["density"] == 0
    assert np.isnan([found([])[name] for name in ATTRIBUTES[1:]]).all()
    assert np.isnan(attributes_of(np.zeros((0, 128, 2), bool), 16)).all()


@pytest.mark.parametrize("places", [None, np.zeros((16, 10)), np.ones((16, 4)), np.zeros((16, 0))])
def test_without_bars_only_the_syncopation_is_not_known(places):
    values = attributes_of(roll_of([(0, 60), (3, 60)]), 8, places)
    assert np.isnan(values).tolist() == [False, False, True, False]


@given(
    st.lists(st.tuples(st.integers(0, 31), st.integers(20, 100)), max_size=30),
    st.integers(-20, 27),
)
def test_transposition_moves_the_pitch_alone(notes, semitones):
    here = found(notes, 32)
    there = found([(step, pitch + semitones) for step, pitch in notes], 32)
    if notes:
        assert there.pop("pitch") - here.pop("pitch") == pytest.approx(semitones, abs=1e-3)
    assert there == pytest.approx(here, nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 31), st.integers(0, 127)), max_size=60))
def test_every_attribute_keeps_to_its_range(notes):
    values = found(notes, 32)
    for name, (low, high) in {"syncopation": (0, 2), "repetition": (0, 1)}.items():
        assert np.isnan(values[name]) or low <= values[name] <= high


def test_scores_are_standard_clipped_and_numbers():
    values = np.array([12, np.nan, 1.5, 0.9], np.float32)
    usual = {"density": (10, 4), "pitch": (60, 5), "repetition": (0.2, 0.1)}
    assert standard_scores(values, usual).tolist() == [0.5, 0, 3]
    assert standard_scores(values, {"density": (10, 0)}).tolist() == [0]
    assert standard_scores(values, {}).shape == (0,)
