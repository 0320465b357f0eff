import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.beats import Beat
from mathrock.music.grid import beat_grid
from mathrock.music.metre import beat_length, beats_a_bar
from mathrock.music.score import Note, Part, Score
from mathrock.music.score_bars import bars_of
from mathrock.music.score_beats import beats_of
from mathrock.music.tempo_map import TOLERANCE, fit_tempo_map


def beats(times, numerator=4, denominator=4, pickup=0, per_bar=4):
    return [
        Beat(float(time), (i - pickup) // per_bar + 1, (i - pickup) % per_bar + 1, numerator,
             denominator, 120.0, 0.9, 0.9)
        for i, time in enumerate(times)
    ]  # fmt: skip


def written(tempos, metres, last):
    """The beats of a score with this tempo map until `last` seconds."""
    return beats_of(Score([Part("", [Note(0.0, last + 0.01, 60)])], tempos, metres))


def test_a_steady_song_has_one_tempo():
    tempos, metres = fit_tempo_map(beats(np.arange(64) * 0.5))
    assert [tuple(tempo) for tempo in tempos] == [(0.0, 120.0)]
    assert [metre[1:] for metre in metres] == [(4, 4)]


def test_small_errors_of_single_beats_are_no_tempo():
    rng = np.random.default_rng(0)
    times = np.arange(64) * 0.5 + np.append(0, rng.uniform(-0.008, 0.008, 63))
    tempos, _ = fit_tempo_map(beats(times))
    assert len(tempos) == 1
    assert tempos[0].bpm == pytest.approx(120, abs=0.1)


def test_a_tempo_that_changes_on_a_bar_line_gives_two():
    times = np.concatenate([np.arange(16) * 0.5, 8 + np.arange(17) * 0.4])
    tempos, _ = fit_tempo_map(beats(times))
    assert [tempo.bpm for tempo in tempos] == pytest.approx([120, 150])
    assert tempos[1].time == pytest.approx(8)


@pytest.mark.parametrize("begin", [0.0, 0.05, 0.2, 0.4])
@pytest.mark.parametrize("pickup", [0, 1, 3])
def test_beats_stay_where_they_were_heard(begin, pickup):
    times = begin + np.arange(41) * 0.5
    tempos, metres = fit_tempo_map(beats(times, pickup=pickup))
    found = np.array([beat.time for beat in written(tempos, metres, times[-1])])
    gaps = np.abs(found[:, None] - times[1:]).min(axis=0)
    assert gaps.max() <= TOLERANCE + 1e-6
    downbeats = [beat.time for beat in written(tempos, metres, times[-1]) if beat.beat == 1]
    assert np.abs(np.array(downbeats) - times[pickup + 4]).min() <= TOLERANCE


@given(st.lists(st.floats(0.3, 0.9), min_size=3, max_size=40), st.floats(0, 0.5))
def test_whatever_the_tempo_does_the_beats_are_kept(lengths, begin):
    times = begin + np.concatenate([[0.0], np.cumsum(lengths)])
    tempos, metres = fit_tempo_map(beats(times))
    found = np.array([beat.time for beat in written(tempos, metres, times[-1])])
    assert np.abs(found[:, None] - times[1:]).min(axis=0).max() <= TOLERANCE + 1e-6
    assert all(tempo.bpm > 0 for tempo in tempos)


def test_changing_metres_are_written_where_they_change():
    series = [(7, 8)] * 7 + [(5, 8)] * 5 + [(7, 8)] * 7
    rows = [
        Beat(i * 0.2, 1 + (i >= 7) + (i >= 12), place, *metre, 150.0, 1.0, 1.0)
        for i, (metre, place) in enumerate(
            zip(series, [*range(1, 8), *range(1, 6), *range(1, 8)], strict=True)
        )
    ]
    tempos, metres = fit_tempo_map(rows)
    assert [metre[1:] for metre in metres] == [(7, 8), (5, 8), (7, 8)]
    assert [metre.time for metre in metres] == pytest.approx([0, 1.4, 2.4])
    assert [tempo.bpm for tempo in tempos] == pytest.approx([150])


def test_the_map_survives_midi(tmp_path):
    times = 0.3 + np.arange(40) * 0.5
    tempos, metres = fit_tempo_map(beats(times, pickup=2))
    write_score(tmp_path / "a.mid", Score([Part("", [Note(0.3, 20, 60)])], tempos, metres))
    read = read_score(tmp_path / "a.mid")
    assert [metre[1:] for metre in read.metres] == [metre[1:] for metre in metres]
    assert [tempo.bpm for tempo in read.tempos] == pytest.approx([t.bpm for t in tempos], rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_changing_metres_heard_with_errors_are_written_without(seed, tmp_path):
    rng = np.random.default_rng(seed)
    series = [(4, 4), (7, 8)] * 12
    rows, time = [], 0.0
    for number, metre in enumerate(series, 1):
        length = float(beat_length(*metre)) * 0.4
        for beat in range(beats_a_bar(*metre)):
            heard = max(0.0, time + rng.uniform(-0.008, 0.008))
            rows.append(Beat(heard, number, beat + 1, *metre, 150.0, 0.9, 0.9))
            time += length
    tempos, metres = fit_tempo_map(rows)
    write_score(tmp_path / "a.mid", Score([Part("", [Note(0.0, time, 60)])], tempos, metres))
    bars = bars_of(read_score(tmp_path / "a.mid"), beat_grid(tempos, 12), round(12 * 7.5 * 12))
    assert [tuple(bar)[2:] for bar in bars.tolist()[: len(series)]] == series
    assert np.abs(bars["step"] - np.rint(bars["step"])).max() < 0.05
