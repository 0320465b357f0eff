import numpy as np
import pytest

from mathrock.evaluation.bar_patterns import beats_in, patterns_of, sixteenths_in
from mathrock.music.bars import BAR


def bars_of(metres, sixteenth=1.0, first=0.0):
    lines = first + np.cumsum([0, *(16 * n / d * sixteenth for n, d in metres)])
    rows = zip(lines, [*metres, metres[-1]], strict=True)
    return np.array([(line, line, *metre) for line, metre in rows], BAR)


def roll_of(notes, steps):
    roll = np.zeros((steps, 128, 2), bool)
    for step, pitch in notes:
        roll[step, pitch] = True
    return roll


@pytest.mark.parametrize(
    ("metre", "sixteenths", "beats"),
    [
        ((4, 4), 16, [0, 4, 8, 12]),
        ((7, 8), 14, [0, 4, 8]),  # 2+2+3 eighths
        ((5, 8), 10, [0, 4]),
        ((6, 8), 12, [0, 6]),
        ((12, 8), 24, [0, 6, 12, 18]),
        ((3, 8), 6, [0]),
        ((2, 2), 16, [0, 8]),
        ((3, 16), 3, [0]),
        ((7, 16), 7, [0]),
        ((1, 64), 1, [0]),
    ],
)
def test_beats_of_a_metre(metre, sixteenths, beats):
    assert sixteenths_in(*metre) == sixteenths
    assert beats_in(*metre).tolist() == beats


def test_each_bar_has_the_sixteenths_of_its_own_metre():
    notes = [(0, 60), (0, 64), (6, 60), (14, 60), (29, 60)]
    seven, four = patterns_of(roll_of(notes, 30), bars_of([(7, 8), (4, 4)]))
    assert (seven.metre, four.metre) == ("7/8", "4/4")
    assert seven.notes.tolist() == [2, 0, 0, 0, 0, 0, 1, *[0] * 7]
    assert four.notes.tolist() == [1, *[0] * 14, 1]
    assert four.sounding.tolist() == [1, *[0] * 14, 1]


@pytest.mark.parametrize("sixteenth", [1.25, 1.67, 2, 3.1])
def test_a_grid_of_seconds_finds_the_sixteenths_to_within_half_a_step(sixteenth):
    bars = bars_of([(7, 8)] * 3 + [(5, 4)] * 2, sixteenth)
    struck = [0, 3, 5, 13]
    notes = [
        (round(line + place * sixteenth), 60) for line in bars["step"][:-1] for place in struck
    ]
    found = patterns_of(roll_of(notes, round(bars["step"][-1])), bars)
    assert [np.flatnonzero(bar.notes).tolist() for bar in found] == [struck] * 5


def test_only_whole_bars_count_and_what_lies_outside_belongs_to_none():
    bars = bars_of([(4, 4)] * 3, first=-8)
    assert [bar.notes.tolist() for bar in patterns_of(np.ones((30, 128, 2), bool), bars)] == [
        [128] * 16
    ]
    late = bars_of([(4, 4)], first=4)
    (bar,) = patterns_of(roll_of([(0, 60), (4, 60), (20, 60), (25, 60)], 30), late)
    assert np.flatnonzero(bar.notes).tolist() == [0]


def test_a_note_just_before_a_line_is_the_next_bars():
    _, bar = patterns_of(roll_of([(23, 60)], 47), bars_of([(7, 8)] * 2, 23.2 / 14))
    assert bar.notes[0] == 1


def test_without_bars_there_is_none():
    assert patterns_of(np.ones((30, 128, 2), bool), np.zeros(0, BAR)) == []
