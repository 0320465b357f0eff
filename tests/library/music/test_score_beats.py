import numpy as np
import pytest

from mathrock.demo.metre_songs import Clock, downbeats, make
from mathrock.music.beats import read_beats, summarize, write_beats
from mathrock.music.score import Metre, Note, Part, Score, Tempo
from mathrock.music.score_beats import beats_of

STEADY = (Tempo(0.0, 120.0),)


def score_of(seconds, *metres, tempos=STEADY):
    return Score([Part("", [Note(0.0, seconds, 60)])], tempos, metres)


def test_beats_are_counted_in_bars_to_the_end_of_the_last_note():
    beats = beats_of(score_of(5, Metre(0.0, 7, 8)), 0.7)
    assert [beat.time for beat in beats] == pytest.approx(np.arange(20) / 4)
    assert [(beat.bar, beat.beat) for beat in beats[5:9]] == [(1, 6), (1, 7), (2, 1), (2, 2)]
    assert {(beat.metre, beat.tempo, beat.confidence) for beat in beats} == {("7/8", 120, 0.7)}


def test_compound_metres_are_counted_in_threes():
    beats = beats_of(score_of(3, Metre(0.0, 6, 8)))
    assert [(beat.time, beat.beat) for beat in beats] == [(0, 1), (0.75, 2), (1.5, 1), (2.25, 2)]


def test_a_change_of_metre_cuts_its_bar_short():
    beats = beats_of(score_of(4, Metre(0.0, 4, 4), Metre(1.0, 3, 4)))
    assert [beat.bar for beat in beats] == [1, 1, 2, 2, 2, 3, 3, 3]
    assert [beat.metre for beat in beats[:3]] == ["2/4", "2/4", "3/4"]


def test_a_beats_tempo_is_how_long_it_lasts():
    beats = beats_of(score_of(4, Metre(0.0, 4, 4), tempos=(Tempo(0.0, 60.0), Tempo(2.5, 120.0))))
    assert [beat.time for beat in beats] == [0, 1, 2, 2.75, 3.25, 3.75]
    assert [beat.tempo for beat in beats] == pytest.approx([60, 60, 80, 120, 120, 120])
    assert [beat.seconds for beat in beats] == pytest.approx([1, 1, 0.75, 0.5, 0.5, 0.5])


@pytest.mark.parametrize("metre", ["7/8", "5/4", "7/8 7/8 5/8 9/8"])
@pytest.mark.parametrize("bend", [{}, {"rubato": 0.08}, {"then_bpm": 171}])
def test_bars_and_quarters_are_where_the_truth_has_them(metre, bend):
    song = make(metre, silence=0.4, **bend)
    beats, clock, true = beats_of(song), Clock(song.tempos), downbeats(song)
    found = np.array([beat.time for beat in beats if beat.beat == 1])
    assert found[np.searchsorted(found, true[0] - 0.01) :][: len(true)] == pytest.approx(true)
    places = np.array([clock.quarters(beat.time) for beat in beats])
    assert np.diff(places) == pytest.approx([float(beat.quarters) for beat in beats[:-1]])


def test_damaged_metres_and_impossible_tempos_do_no_harm():
    assert len(beats_of(score_of(2, Metre(0.0, 0, 4), Metre(1.0, 3, 2**20)))) == 4
    for bpm in (3.0, 60_000_000.0):
        assert beats_of(score_of(60, Metre(0.0, 4, 4), tempos=(Tempo(0.0, bpm),))) == []
    assert beats_of(Score([])) == []


def test_the_table_comes_back(tmp_path):
    beats = beats_of(make("7/8 7/8 5/8 9/8", rubato=0.05), 0.875)
    write_beats(tmp_path / "a.tsv", beats)
    again = read_beats(tmp_path / "a.tsv")
    assert [beat[1:5] for beat in again] == [beat[1:5] for beat in beats]
    assert [beat.time for beat in again] == pytest.approx([b.time for b in beats], abs=1e-4)
    assert {beat.confidence for beat in again} == {0.875}


def test_a_summary_is_by_time():
    tempos = (Tempo(0.0, 240.0), Tempo(2.0, 60.0))
    beats = beats_of(score_of(14, Metre(0.0, 4, 4), Metre(2.0, 3, 4), tempos=tempos), 0.5)
    assert summarize(beats) == {
        "tempo": 60,
        "metre": "3/4",
        "beat_confidence": 0.5,
        "metre_confidence": 0.3,  # two bars of 4/4 are no 3/4
    }
    assert summarize([]) == {}
