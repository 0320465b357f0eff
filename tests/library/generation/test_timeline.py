import mido
import numpy as np
import pytest

from mathrock.demo.metre_songs import make
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.generation.timeline import even_timeline, timeline_of
from mathrock.music.bars import from_rows
from mathrock.music.grid import beat_grid, time_grid
from mathrock.music.score import Metre, Note, Part, Score
from mathrock.music.score_bars import bars_of

SEVEN_FIVE = from_rows([[0, 0, 7, 8], [42, 1.75, 5, 4], [102, 4.25, 7, 8], [144, 6, 7, 8]])


def test_an_even_ruler_has_one_tempo_and_metre():
    timeline = even_timeline(120, "7/8", 16, 60)
    assert [tempo.bpm for tempo in timeline.tempos] == [120]
    assert timeline.metres == (Metre(0.0, 7, 8),)
    assert timeline.bars.tolist() == [0, 28, 56]
    assert timeline.beats[:4].tolist() == [0, 4, 8, 12]
    assert timeline.grid.seconds(8) == 0.5


def test_tempo_and_metre_change_only_where_they_do():
    timeline = timeline_of(SEVEN_FIVE, 0)
    assert [tuple(tempo) for tempo in timeline.tempos] == [(0.0, 120.0)]
    assert timeline.metres == (Metre(0.0, 7, 8), Metre(1.75, 5, 4), Metre(4.25, 7, 8))
    assert timeline.bars.tolist() == [0, 42, 102, 144]
    assert timeline.beats.tolist() == [*range(0, 42, 6), *range(42, 102, 12), *range(102, 144, 6)]


def test_a_changed_tempo_is_there_from_its_bar_on():
    bars = from_rows([[0, 0, 4, 4], [48, 2, 4, 4], [96, 4, 4, 4], [144, 5, 4, 4], [192, 6, 4, 4]])
    timeline = timeline_of(bars, 0)
    assert [tuple(tempo) for tempo in timeline.tempos] == [(0.0, 120.0), (4.0, 240.0)]
    assert timeline.grid.seconds(120) == 4.5


def test_a_track_may_begin_with_a_later_bar():
    timeline = timeline_of(SEVEN_FIVE, 42)
    assert timeline.metres == (Metre(0.0, 5, 4), Metre(2.5, 7, 8))
    assert timeline.bars.tolist() == [0, 60, 102]
    assert timeline.grid.seconds(60) == 2.5


@pytest.mark.parametrize(
    ("metre", "beats"),
    [
        ((4, 4), [0, 12, 24, 36]),
        ((3, 4), [0, 12, 24]),
        ((6, 4), [0, 12, 24, 36, 48, 60]),
        ((2, 2), [0, 24]),
        ((3, 8), [0, 6, 12]),
        ((6, 8), [0, 18]),
        ((9, 8), [0, 18, 36]),
        ((5, 8), [0, 6, 12, 18, 24]),
        ((6, 16), [0, 9]),
    ],
)
def test_what_a_beat_is(metre, beats):
    end = metre[0] * 48 / metre[1]
    bars = from_rows([[0, 0, *metre], [end, end / 24, *metre]])
    assert timeline_of(bars, 0).beats.tolist() == beats


def test_a_track_that_begins_within_a_bar_begins_with_what_is_left_of_it():
    bars = from_rows([[-13.5, -1, 4, 4], [20.5, 1, 4, 4], [54.5, 3, 4, 4]])
    timeline = timeline_of(bars, 12)  # half a second before a bar, one quarter note
    assert timeline.metres == (Metre(0.0, 1, 4), Metre(pytest.approx(0.5, abs=1e-5), 4, 4))
    assert timeline.bars[timeline.bars >= 0].tolist() == [8.5, 42.5]
    assert timeline.grid.seconds(8.5) == pytest.approx(0.5, abs=1e-5)
    assert timeline.grid.seconds(42.5) == pytest.approx(2.5, abs=1e-5)


def test_what_begins_within_half_a_step_of_a_bar_begins_with_it():
    bars = from_rows([[-0.4, 0, 4, 4], [31.6, 2, 4, 4], [63.6, 4, 4, 4]])
    timeline = timeline_of(bars, 0)
    assert timeline.bars.tolist() == [0, 32, 64]
    assert [tuple(tempo) for tempo in timeline.tempos] == [(0.0, 120.0)]


@pytest.mark.parametrize("knobs", [{}, {"rubato": 0.08}, {"then_bpm": 171}, {"bpm": 133.7}])
@pytest.mark.parametrize("metre", ["7/8", "7/8 7/8 5/8 9/8"])
def test_every_step_of_a_beat_grid_is_on_a_tick(tmp_path, metre, knobs):
    song = make(metre, **knobs)
    bars = bars_of(song, beat_grid(song.tempos, 12), 800)
    timeline = timeline_of(bars, 0)
    notes = [
        Note(timeline.grid.seconds(n), timeline.grid.seconds(n + 1), n % 128) for n in range(800)
    ]
    write_score(tmp_path / "a.mid", Score([Part("", notes)], timeline.tempos, timeline.metres))
    track, ticks, at = mido.MidiFile(tmp_path / "a.mid").tracks[-1], [], 0
    for message in track:
        at += message.time
        if message.type == "note_on":
            ticks.append(at)
    assert ticks == [80 * n for n in range(800)]
    found = read_score(tmp_path / "a.mid").metres
    assert [metre[1:] for metre in found] == [metre[1:] for metre in timeline.metres]
    # A bar's tempo is even, so a song that drifts within bars is told by its bar lines.
    seconds = [timeline.grid.seconds(step) for step in bars["step"]]
    np.testing.assert_allclose(seconds, bars["seconds"], atol=0.003)


def test_on_a_time_grid_time_stays():
    song = make("7/8", rubato=0.08)
    bars = bars_of(song, time_grid(16), 300)
    timeline = timeline_of(bars, 0)
    for step in (0, 77, 133, 299):
        assert timeline.grid.seconds(step) == pytest.approx(step / 16, abs=0.003)
