import numpy as np
import pytest

from mathrock.music.bars import BAR, from_rows
from mathrock.pianoroll.metrical_position import IN_BARS, metrical_positions

UNKNOWN = np.zeros(0, BAR)
# 7/8 and 5/4 at 12 steps a quarter note.
BARS = from_rows([[0, 0, 7, 8], [42, 1.75, 5, 4], [102, 4.25, 5, 4]])


def in_bars(bar, beat):
    """The point where a step is in the bar, in the quarter note and in its parts."""
    return points(bar, beat, 2 * beat, 3 * beat, 4 * beat)


def points(*turns):
    angles = 2 * np.pi * np.array(turns)
    return [*np.cos(angles), *np.sin(angles)]


def test_places_turn_with_cycles_of_fixed_length():
    found = metrical_positions((4, 8), UNKNOWN, 6, 3)
    assert (found.shape, found.dtype) == ((3, 4), np.float32)
    assert found[2] == pytest.approx([1, 1, 0, 0], abs=1e-6)  # step 8: both begin
    assert found[0] == pytest.approx([-1, 0, 0, -1], abs=1e-6)  # step 6: half a bar, 3/4
    assert metrical_positions((), UNKNOWN, 0, 5).shape == (5, 0)


def test_places_in_bars_are_that_in_the_bar_in_the_quarter_note_and_in_its_parts():
    found = metrical_positions(IN_BARS, BARS, 0, 102)
    assert found.shape == (102, 10)
    for step, in_bar, in_beat in [
        (0, 0, 0),
        (6, 6 / 42, 0.5),
        (36, 36 / 42, 0),
        (39, 39 / 42, 0.25),
    ]:
        assert found[step] == pytest.approx(in_bars(in_bar, in_beat), abs=1e-6)
    for step, in_bar, in_beat in [
        (42, 0, 0),
        (45, 3 / 60, 0.25),
        (72, 0.5, 0.5),
        (101, 59 / 60, -1 / 12),
    ]:
        assert found[step] == pytest.approx(in_bars(in_bar, in_beat), abs=1e-6)


def test_bar_lines_may_lie_between_steps():
    bars = from_rows([[-3.5, 0, 4, 4], [6.5, 1, 4, 4], [16.5, 2, 4, 4]])
    found = metrical_positions(IN_BARS, bars, 0, 10)
    assert found[0] == pytest.approx(in_bars(0.35, 1.4), abs=1e-6)
    assert found[7] == pytest.approx(in_bars(0.05, 0.2), abs=1e-6)


def test_a_stretch_is_a_part_of_the_whole():
    whole = metrical_positions(IN_BARS, BARS, 0, 102)
    assert np.array_equal(metrical_positions(IN_BARS, BARS, 30, 40), whole[30:70])


def test_where_bars_are_not_known_places_are_zeros():
    found = metrical_positions(IN_BARS, UNKNOWN, 5, 7)
    assert (found.shape, found.dtype) == ((7, 10), np.float32)
    assert not found.any()
