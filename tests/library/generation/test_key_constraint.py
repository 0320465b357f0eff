import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.generation.errors import TakeError
from mathrock.generation.key_constraint import (
    KeyConstraint,
    choose_octave,
    find_key_constraint,
    transpose,
)
from mathrock.songs.key_table import SongKey
from settings_of_takes import take_settings

KNOBS = {"in_key": False, "tonic": None, "pitch_classes": []}
KNOBS |= {"lowest_pitch": 28, "highest_pitch": 96}
FOUND = SongKey("D major", 0.8, "D lydian", (1, 2, 4, 6, 8, 9, 11), 0.97)


def constraint(found=FOUND, **knobs):
    return find_key_constraint("x", take_settings(**{**KNOBS, **knobs}), "song", found)


def test_a_take_that_asks_for_nothing_needs_no_key():
    assert constraint(SongKey()) == KeyConstraint((), 0)
    assert constraint(SongKey(), pitch_classes=[0, 3]) == KeyConstraint((0, 3), 0)


def test_a_take_in_key_keeps_to_the_scale():
    assert constraint(in_key=True).pitch_classes == FOUND.pitch_classes
    assert constraint(in_key=True, pitch_classes=[0, 2, 4]).pitch_classes == (2, 4)


@pytest.mark.parametrize(
    ("tonic", "semitones"),
    [("D", 0), ("E", 2), ("C", -2), ("G#", 6), ("Ab", 6), ("A", -5), ("G", 5)],
)
def test_the_smallest_move_takes_the_tonic_there(tonic, semitones):
    assert constraint(tonic=tonic).semitones == semitones


def test_pitch_classes_are_those_of_the_moved_take():
    assert constraint(tonic="E", pitch_classes=[0, 4]).pitch_classes == (2, 10)
    assert constraint(tonic="E", pitch_classes=[0, 4], in_key=True).pitch_classes == (2,)


@pytest.mark.parametrize(
    ("found", "knobs", "message"),
    [
        (SongKey(), {"in_key": True}, "takes.x.in_key: no scale was found for song"),
        (SongKey("D major", 0.6), {"in_key": True}, "takes.x.in_key: no scale was found for song"),
        (SongKey(), {"tonic": "E"}, "takes.x.tonic: no key was found for song"),
        (FOUND, {"in_key": True, "pitch_classes": [0, 3]}, "takes.x: no note may be struck"),
        (
            FOUND,
            {"in_key": True, "lowest_pitch": 60, "highest_pitch": 60},
            "takes.x: no note may be struck",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_line(found, knobs, message):
    with pytest.raises(TakeError, match=message) as caught:
        constraint(found, **knobs)
    assert len(str(caught.value).splitlines()) == 1


def struck(*pitches):
    return np.bincount(pitches, minlength=128)


def test_the_octave_keeps_most_notes_in_range():
    assert choose_octave(struck(40, 50, 60), 5, 28, 96) == 5
    assert choose_octave(struck(28, 30, 32, 60), -5, 28, 96) == 7
    assert choose_octave(struck(94, 95, 30), 3, 28, 96) == -9
    assert choose_octave(struck(28, 30), 0, 60, 70) == 0


@given(
    st.lists(st.tuples(st.integers(0, 127), st.integers(0, 2)), max_size=12),
    st.integers(-18, 18),
    st.integers(0, 60),
    st.integers(0, 67),
)
def test_no_note_is_lost_and_each_keeps_its_place_in_the_octave(notes, semitones, lowest, width):
    roll = np.zeros((3, 128, 2), np.bool_)
    for pitch, step in notes:
        roll[step, pitch] = True
    moved = transpose(roll, semitones, lowest, lowest + width)
    assert moved.any() == roll.any()
    for step in range(3):
        before, after = (set(np.flatnonzero(r[step, :, 0]) % 12) for r in (roll, moved))
        assert after == {(pitch + semitones) % 12 for pitch in before}
    within = roll.copy()
    within[:, :lowest] = within[:, lowest + width + 1 :] = False
    if width >= 11:
        kept = transpose(within, semitones, lowest, lowest + width)
        assert not kept[:, :lowest].any()
        assert not kept[:, lowest + width + 1 :].any()


def test_velocities_move_and_drums_stay():
    roll = np.zeros((1, 128, 4), np.uint8)
    roll[0, 60, :3] = 1, 1, 90
    roll[0, 36, 3] = 100
    moved = transpose(roll, 2, 28, 96)
    assert moved[0, 62].tolist() == [1, 1, 90, 0]
    assert moved[0, 36].tolist() == [0, 0, 0, 100]
    assert (moved > 0).sum() == 4
