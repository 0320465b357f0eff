import numpy as np
import pytest

from mathrock.transcription.bar_tracking import BAR_TYPES, METRES, track_bars


def song(metres, first=0, sure=2.5, seed=0, looks=24):
    """Log-odds of beats and of downbeats, and looks, of eighths counted in these metres."""
    rng = np.random.default_rng(seed)
    beats, downbeats = [-sure] * first, [-sure - 2] * first
    for metre in metres:
        kind = next(kind for kind in BAR_TYPES if kind.metre == metre)
        odds = np.full(kind.eighths, -sure)
        odds[kind.accents] = sure
        beats += odds.tolist()
        downbeats += [sure - 1, *[-sure - 2] * (kind.eighths - 1)]
    views = rng.normal(size=(len(beats), looks))
    views /= np.linalg.norm(views, axis=1, keepdims=True)
    return np.array(beats), np.array(downbeats), views


@pytest.mark.parametrize("metre", sorted(METRES.keys() - {"2/4"}))  # two bars of 2/4 are one of 4/4
def test_a_metre_is_told_from_its_accents_and_bar_lines(metre):
    bars = track_bars(*song([metre] * 12, sure=4.0))
    assert [bar.metre for bar in bars[:12]] == [metre] * 12
    eighths = bars[0].eighths
    assert [bar.first for bar in bars] == list(range(0, eighths * len(bars), eighths))


@pytest.mark.parametrize(
    "series", [["7/8", "7/8", "5/8", "9/8"], ["4/4", "4/4", "4/4", "5/4"], ["6/8", "7/8"]]
)
def test_changing_metres_are_followed(series):
    bars = track_bars(*song(series * 5, sure=4.0))
    assert [bar.metre for bar in bars[:19]] == (series * 5)[
        :19
    ]  # who knows where the last one ends


def test_beats_before_the_first_bar_line_stay_out_of_it():
    bars = track_bars(*song(["4/4"] * 10, first=3))
    assert bars[0].first == 3
    assert {bar.metre for bar in bars} == {"4/4"}


def test_bars_are_counted_back_to_the_beginning():
    beats, downbeats, looks = song(["7/8"] * 10, first=9)
    bars = track_bars(beats, downbeats, looks)
    assert bars[0].first == 2
    assert len(bars) == 11


def test_where_nothing_is_accented_riffs_tell_the_bar():
    rng = np.random.default_rng(3)
    riff = rng.normal(size=(14, 40))
    looks = np.tile(riff, (12, 1)) + 0.3 * rng.normal(size=(14 * 12, 40))
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    flat = np.full(len(looks), -2.0)
    bars = track_bars(flat, flat - 1, looks)
    assert {bar.eighths for bar in bars} <= {7, 14}


def test_of_a_doubtful_song_the_plain_metre_is_told():
    flat = np.zeros(120)
    bars = track_bars(flat, flat - 2, np.full((120, 4), 0.5))
    assert {bar.metre for bar in bars} <= {"4/4", "3/4", "6/8"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_eighths_make_no_bar(count):
    assert track_bars(np.zeros(count), np.zeros(count), np.ones((count, 2))) == []


def test_accents_of_every_kind_begin_with_the_bar():
    assert all(kind.accents[0] == 0 and kind.accents[-1] < kind.eighths for kind in BAR_TYPES)
