from fractions import Fraction

import pytest

from mathrock.music.beats import Beat, read_beats, summarize, write_beats
from mathrock.music.metre import beat_length, beats_a_bar

ROWS = [
    Beat(0.5, 1, 1, 7, 8, 140.0, 0.9, 0.8),
    Beat(0.7143, 1, 2, 7, 8, 140.0, 0.5, 0.8),
    Beat(2.0, 2, 1, 4, 4, 120.0, 0.0, 0.3),
]


def test_a_table_comes_back(tmp_path):
    write_beats(tmp_path / "a.tsv", ROWS)
    assert read_beats(tmp_path / "a.tsv") == ROWS
    assert (tmp_path / "a.tsv").read_text().splitlines()[
        1
    ] == "0.5000\t1\t1\t7/8\t140.00\t0.900\t0.800"


def test_an_empty_table_comes_back(tmp_path):
    write_beats(tmp_path / "a.tsv", [])
    assert read_beats(tmp_path / "a.tsv") == []
    assert summarize([]) == {}


@pytest.mark.parametrize(
    ("metre", "length", "beats"),
    [
        ((4, 4), 1, 4),
        ((3, 4), 1, 3),
        ((6, 8), Fraction(3, 2), 2),
        ((12, 8), Fraction(3, 2), 4),
        ((3, 8), Fraction(1, 2), 3),
        ((7, 8), Fraction(1, 2), 7),
        ((7, 4), 1, 7),
        ((2, 2), 2, 2),
        ((6, 4), 1, 6),
        ((15, 16), Fraction(3, 4), 5),
    ],
)
def test_what_a_beat_is(metre, length, beats):
    assert beat_length(*metre) == length
    assert beats_a_bar(*metre) == beats


def test_a_song_is_told_in_four_facts():
    facts = summarize(ROWS)
    assert facts["tempo"] == 120.0  # the median over time
    assert facts["metre"] == "4/4"  # a quarter at 120 lasts longer than two eighths at 140
    assert facts["beat_confidence"] == pytest.approx(0.7)  # where nothing sounds, nothing is asked
    assert facts["metre_confidence"] == 0  # all that sounds is in another metre
    assert summarize(ROWS[:2])["metre_confidence"] == pytest.approx(0.8)
