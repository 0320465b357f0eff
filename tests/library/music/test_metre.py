from fractions import Fraction

import pytest

from mathrock.music.metre import beat_length, beats_a_bar, median_tempo, predominant_metre


@pytest.mark.parametrize(
    ("metre", "length", "beats"),
    [
        ((4, 4), 1, 4),
        ((6, 4), 1, 6),
        ((2, 2), 2, 2),
        ((3, 8), "1/2", 3),
        ((6, 8), "3/2", 2),
        ((7, 8), "1/2", 7),
        ((9, 8), "3/2", 3),
        ((11, 16), "1/4", 11),
        ((12, 16), "3/4", 4),
    ],
)
def test_what_a_beat_is(metre, length, beats):
    assert beat_length(*metre) == Fraction(length)
    assert beats_a_bar(*metre) == beats


def test_the_median_tempo_is_by_time():
    assert median_tempo([120, 240, 240, 60], [2, 1, 1, 4]) == 60
    assert median_tempo([100, 101, 102], [1, 1, 1]) == 101


def test_the_usual_metre_is_the_one_that_most_of_the_time_is_in():
    assert predominant_metre(["4/4", "7/8", "4/4"], [2, 5, 2]) == "7/8"
