import numpy as np
import pytest

from bars import Bar, bars_of
from grooves import LENGTH, MOST_JITTER, groove
from mathrock.demo.metre_songs import make
from mathrock.music.grid import beat_grid
from mathrock.music.score import Metre, Note, Part, Score, Tempo

CLOCK = beat_grid((Tempo(0.0, 120.0),), 1)


def bars(numerator, denominator, count):
    length = 4 * numerator / denominator
    return [Bar(i * length, (i + 1) * length, numerator, denominator) for i in range(count)]


@pytest.mark.parametrize("metre", [(4, 4), (7, 8), (5, 4), (6, 8)])
@pytest.mark.parametrize("seed", range(8))
def test_drums_are_hit_on_sixteenths_of_their_bars(metre, seed):
    given = bars(*metre, 12)
    notes = groove(given, CLOCK, np.random.default_rng(seed))
    sixteenths = np.array([note.onset for note in notes]) / 0.125
    assert np.abs(sixteenths - np.rint(sixteenths)).max() * 0.125 <= MOST_JITTER + 1e-9
    assert notes[0].onset >= 0
    assert notes[-1].onset < CLOCK.seconds(given[-1].end)
    assert notes == sorted(notes)
    for note in notes:
        assert note.offset == pytest.approx(note.onset + LENGTH)
        assert 35 <= note.pitch <= 57
        assert 20 <= note.velocity <= 127


def test_every_bar_begins_with_a_kick():
    given = bars(7, 8, 8)
    notes = groove(given, CLOCK, np.random.default_rng(3))
    kicks = np.array([note.onset for note in notes if note.pitch in (35, 36)])
    for bar in given:
        assert np.abs(kicks - CLOCK.seconds(bar.start)).min() <= MOST_JITTER + 1e-9


def test_no_bars_no_drums():
    assert groove([], CLOCK, np.random.default_rng(0)) == []


def test_bars_of_changing_metres():
    score = make("7/8 4/4", bpm=120, bars=4)
    found = bars_of(score)[:4]
    assert [bar.metre for bar in found] == ["7/8", "4/4", "7/8", "4/4"]
    assert [bar.start for bar in found] == pytest.approx([0, 3.5, 7.5, 11])
    assert [bar.end for bar in found] == pytest.approx([3.5, 7.5, 11, 15])
    assert found[0].accents == [0, 1, 2]
    assert found[1].accents == [0, 1, 2, 3]


def test_bars_lie_end_to_end_at_any_tempo():
    found = bars_of(make("5/8 6/8", bpm=155.0345678912, bars=40, rubato=0.03))
    assert [bar.length for bar in found[:40]] == 20 * [2.5, 3.0]
    assert [bar.end - bar.start for bar in found[:40]] == pytest.approx(20 * [2.5, 3.0])


def test_a_bar_ends_where_the_next_metre_cuts_in():
    metres = (Metre(0.0, 4, 4), Metre(1.0, 3, 4))
    score = Score([Part("", [Note(0.0, 0.1, 60), Note(2.0, 2.1, 60)])], metres=metres)
    first, second = bars_of(score)
    assert (first.start, first.end) == pytest.approx((0, 2))
    assert first.accents == [0, 1]
    assert (second.start, second.end) == pytest.approx((2, 5))


def test_a_last_note_on_a_bar_line_has_its_bar():
    score = Score([Part("", [Note(0.0, 0.1, 60), Note(2.0, 2.5, 60)])])
    assert [bar.start for bar in bars_of(score)] == pytest.approx([0, 4])
