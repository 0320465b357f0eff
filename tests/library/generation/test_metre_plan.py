import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.generation.metre_plan import plan_take, shortest_period
from mathrock.music.bar_offsets import shift_bars
from mathrock.music.bars import BAR, bar_quarters, bar_tempos, from_rows
from mathrock.music.grid import beat_grid, time_grid
from mathrock.music.score import Metre, Score, Tempo
from mathrock.music.score_bars import bars_of

UNKNOWN = np.zeros(0, BAR)


def song(*metres, bpm=120.0, grid=None, repeats=8):
    """The bars of a song whose metres recur."""
    at, changes = 0.0, []
    for numerator, denominator in metres * repeats:
        changes.append(Metre(at, numerator, denominator))
        at += numerator * 4 / denominator * 60 / bpm
    score = Score([], (Tempo(0.0, bpm),), tuple(changes))
    grid = grid or beat_grid(score.tempos, 12)
    return bars_of(score, grid, round(grid.steps(at)))


def spelt(bars):
    return [f"{row['numerator']}/{row['denominator']}" for row in bars]


def test_without_bars_a_take_is_as_long_as_asked():
    assert plan_take(UNKNOWN, 10, 20, 2.0, 16, None)[:2] == (32, 16)
    assert plan_take(UNKNOWN, 10, 20, 0.001, 16, None).steps == 1


@pytest.mark.parametrize("line", [6.4, 7.36, 8.48, 6.6])
def test_a_bar_that_ends_half_a_step_after_the_snippets_begin_is_not_the_snippets(line):
    """Lines lie between steps, snippets begin at steps."""
    rows = [[0, 0.0, 1, 4]] + [[line + 28 * n, (line + 28 * n) / 16, 7, 8] for n in range(12)]
    first, end = round(line), round(line + 28 * 8)
    plan = plan_take(from_rows(rows), first, end, 10.0, 16, None)
    assert set(spelt(plan.bars)) == {"7/8"}


def test_metres_go_on_as_they_recur():
    bars = song((7, 8), (7, 8), (5, 8), (9, 8))
    end = int(bars["step"][6])  # 7/8 7/8 5/8 9/8 7/8 7/8
    plan = plan_take(bars, 0, end, 9.0, 24, 12)
    assert spelt(plan.bars)[:-1] == [*["7/8", "7/8", "5/8", "9/8"] * 2, *["7/8", "7/8"], "5/8"]
    assert plan.steps == plan.bars["step"][-1] - end


def test_one_of_each_is_taken_to_begin_again():
    bars = song((7, 8), (7, 8), (5, 8), (9, 8))
    plan = plan_take(bars, 0, int(bars["step"][4]), 4.0, 24, 12)
    assert spelt(plan.bars)[4:6] == ["7/8", "7/8"]


@pytest.mark.parametrize(
    ("series", "period"), [("a", 1), ("aaa", 1), ("abab", 2), ("aba", 2), ("aab", 3), ("aabcaa", 4)]
)
def test_the_shortest_series_that_explains_all_is_repeated(series, period):
    assert shortest_period(list(series)) == period


@given(
    unit=st.lists(st.sampled_from([(4, 4), (7, 8), (5, 16)]), min_size=1, max_size=4),
    heard=st.integers(1, 7),
    seconds=st.floats(0.01, 60),
    bpm=st.floats(50, 250),
)
def test_on_beats_a_take_is_whole_bars_nearest_to_what_is_asked(unit, heard, seconds, bpm):
    bars = song(*unit, bpm=bpm)
    first, end = (round(bars["step"][n]) for n in (1, 1 + heard) if n < len(bars))
    plan = plan_take(bars, first, end, seconds, 99, 12)
    assert plan.rate == pytest.approx(12 * bpm / 60)
    assert plan.bars["step"][0] == first
    assert plan.bars["step"][-1] == pytest.approx(end + plan.steps)
    longest = max(bar_quarters(plan.bars)) * 60 / bpm
    assert abs(plan.steps / plan.rate - seconds) <= longest / 2 + 1e-6 or plan.steps <= max(
        12 * bar_quarters(plan.bars)
    )
    assert np.diff(plan.bars["step"]) == pytest.approx(12 * bar_quarters(plan.bars)[:-1])
    assert bar_tempos(plan.bars) == pytest.approx(bpm)


def test_the_tempo_is_the_one_that_most_of_the_snippet_has():
    bars = from_rows(
        [[0, 0, 4, 4], [48, 2, 4, 4], [96, 4, 4, 4], [144, 5, 4, 4], [192, 6, 4, 4], [240, 7, 4, 4]]
    )
    plan = plan_take(bars, 0, 144, 4.0, 30, 12)
    assert plan.rate == 24
    assert bar_tempos(plan.bars) == pytest.approx([120, 120, 240, 120, 120])


def test_on_a_time_grid_bars_go_on_between_steps():
    bars = song((7, 8), bpm=97, grid=time_grid(16))
    plan = plan_take(bars, 21, 100, 5.0, 16, None)
    assert (plan.steps, plan.rate) == (80, 16)
    assert plan.bars["step"][0] <= 21 < plan.bars["step"][1]
    assert plan.bars["step"][-2] < 180 <= plan.bars["step"][-1]
    assert plan.bars["step"] == pytest.approx(bars["step"][: len(plan.bars)])
    assert plan.bars["seconds"] * 16 == pytest.approx(plan.bars["step"])


def test_bars_are_counted_from_the_snippet():
    bars = song((4, 4), grid=time_grid(16))
    moved = shift_bars(bars, 40)
    assert moved["step"][:2].tolist() == [-40, -8]
    assert moved["seconds"][:2].tolist() == [-2.5, -0.5]
    assert len(shift_bars(UNKNOWN, 40)) == 0
