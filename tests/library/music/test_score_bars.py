import numpy as np
import pytest

from mathrock.demo.metre_songs import downbeats, make
from mathrock.music.bars import BAR, bar_quarters, bar_tempos, from_rows, to_rows
from mathrock.music.grid import beat_grid, time_grid
from mathrock.music.score import Metre, Score, Tempo
from mathrock.music.score_bars import bars_of


def bars_under(*metres, steps=480, bpm=120.0, per_beat=12):
    score = Score([], (Tempo(0.0, bpm),), metres)
    return bars_of(score, beat_grid(score.tempos, per_beat), steps)


def spelt(bars):
    return [f"{row['numerator']}/{row['denominator']}" for row in bars]


def test_bars_follow_one_another_to_the_line_that_ends_the_last():
    bars = bars_under(Metre(0.0, 7, 8), steps=100)
    assert bars["step"].tolist() == [0, 42, 84, 126]
    assert bars["seconds"].tolist() == [0, 1.75, 3.5, 5.25]
    assert set(spelt(bars)) == {"7/8"}


def test_a_roll_that_ends_with_a_bar_ends_with_its_line():
    assert bars_under(Metre(0.0, 4, 4), steps=96)["step"].tolist() == [0, 48, 96]


def test_a_change_of_metre_begins_a_bar():
    bars = bars_under(Metre(0.0, 7, 8), Metre(3.5, 5, 4), steps=160)
    assert bars["step"].tolist() == [0, 42, 84, 144, 204]
    assert spelt(bars) == ["7/8", "7/8", "5/4", "5/4", "5/4"]


def test_a_bar_that_is_cut_short_has_the_metre_that_is_left_of_it():
    bars = bars_under(Metre(0.0, 4, 4), Metre(2.75, 4, 4), steps=100)  # after 5 1/2 quarter notes
    assert bars["step"].tolist() == [0, 48, 66, 114]
    assert spelt(bars)[1] == "3/8"
    assert bar_quarters(bars).tolist() == [4, 1.5, 4, 4]


def test_a_sliver_is_no_bar():
    bars = bars_under(Metre(0.0, 4, 4), Metre(2.001, 4, 4), steps=90)
    assert len(bars) == 3
    assert spelt(bars)[0] == "4/4"


def test_lines_that_ticks_move_off_a_step_are_on_it():
    bars = bars_under(Metre(0.0, 4, 4), Metre(2.0004, 4, 4), steps=90)  # 0.77 of a tick
    assert bars["step"].tolist() == [0, 48, 96]
    assert bars["seconds"][1] == pytest.approx(2.0004)


def test_damaged_metres_are_passed_over():
    bars = bars_under(Metre(0.0, 0, 4), Metre(1.0, 3, 2**20), steps=90)
    assert spelt(bars) == ["4/4"] * 3
    assert len(bars_under(Metre(0.0, 255, 64), steps=90)) == 2


def test_no_steps_have_no_bars():
    assert len(bars_under(Metre(0.0, 4, 4), steps=0)) == 0


@pytest.mark.parametrize("metre", ["7/8", "5/4", "7/8 7/8 5/8 9/8"])
@pytest.mark.parametrize("bend", [{}, {"rubato": 0.08}, {"then_bpm": 171}])
def test_the_songs_true_bars_are_found_on_both_grids(metre, bend):
    song = make(metre, silence=0.4, **bend)
    true = downbeats(song)
    for grid in (beat_grid(song.tempos, 12), time_grid(16)):
        steps = int(grid.steps(true[-1])) + 4
        bars = bars_of(song, grid, steps)
        found = bars["seconds"][np.searchsorted(bars["seconds"], true[0] - 0.01) :]
        assert found[: len(true)] == pytest.approx(true, abs=1e-6)
        steps_there = [grid.steps(time) for time in bars["seconds"]]
        assert steps_there == pytest.approx(bars["step"], abs=0.05)
        assert bars["step"][-2] < steps <= bars["step"][-1] + 1e-6


def test_tempos_are_those_of_each_bar():
    bars = from_rows([[0, 0, 4, 4], [48, 2, 4, 4], [96, 3, 4, 4], [144, 4, 4, 4], [192, 8, 4, 4]])
    assert bar_tempos(bars).tolist() == [120, 240, 240, 60]


def test_rows_come_back():
    bars = bars_under(Metre(0.0, 7, 8), bpm=93.7)
    again = from_rows(to_rows(bars))
    assert again.dtype == BAR
    assert to_rows(again) == to_rows(bars)
    assert again["seconds"] == pytest.approx(bars["seconds"], abs=1e-6)
    assert len(from_rows([])) == 0


@pytest.mark.parametrize("metre", [(32, 2), (64, 4), (255, 1), (255, 64)])
def test_a_long_bar_that_is_cut_short_is_no_error(metre):
    bars = bars_under(Metre(0.0, *metre), Metre(7.28, 4, 4), steps=480)
    assert np.all(np.diff(bars["step"]) > 0)
    assert bars["numerator"].max() <= 255
