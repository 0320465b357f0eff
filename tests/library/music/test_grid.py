import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.demo.metre_songs import Clock, make
from mathrock.music.grid import beat_grid, grid_through, time_grid
from mathrock.music.score import Tempo


def test_a_time_grid_counts_seconds():
    grid = time_grid(16)
    assert (grid.steps(1.5), grid.seconds(24)) == (24, 1.5)


def test_a_beat_grid_counts_quarter_notes_under_the_tempo_map():
    grid = beat_grid((Tempo(0.0, 120.0), Tempo(2.0, 60.0), Tempo(4.0, 240.0)), 12)
    assert [grid.steps(time) for time in (0.5, 2, 3, 4, 4.5)] == [12, 48, 60, 72, 96]
    assert [grid.seconds(step) for step in (12, 48, 60, 72, 96)] == [0.5, 2, 3, 4, 4.5]


def test_without_a_tempo_at_first_it_is_120():
    for tempos in ((), (Tempo(4.0, 60.0),)):
        assert beat_grid(tempos, 12).steps(2.0) == 48


def test_a_drifting_song_has_its_quarters_where_its_truth_has_them():
    song = make("5/4", rubato=0.08, silence=0.6)
    grid, clock = beat_grid(song.tempos, 12), Clock(song.tempos)
    for seconds in (0.1, 0.7, 5.3, 21.0, 900.0):
        assert grid.steps(seconds) == pytest.approx(12 * clock.quarters(seconds))


def test_a_grid_goes_through_points_and_on_as_at_its_ends():
    grid = grid_through([0, 10, 30], [1.0, 2.0, 3.0])
    assert [grid.seconds(step) for step in (-10, 5, 10, 20, 50)] == [0, 1.5, 2, 2.5, 4]
    assert [grid.steps(time) for time in (0, 1.5, 2, 2.5, 4)] == [-10, 5, 10, 20, 50]


@given(
    changes=st.lists(st.tuples(st.floats(0.01, 9), st.floats(4, 1000)), max_size=6),
    seconds=st.floats(0, 100),
)
def test_steps_and_seconds_are_each_others_inverse(changes, seconds):
    tempos, at = [Tempo(0.0, 93.0)], 0.0
    for gap, bpm in changes:
        at += gap
        tempos.append(Tempo(at, bpm))
    grid = beat_grid(tempos, 12)
    assert grid.seconds(grid.steps(seconds)) == pytest.approx(seconds, abs=1e-6)
