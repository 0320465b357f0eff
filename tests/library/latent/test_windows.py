import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.dataset.sequences import Sequences
from mathrock.latent.windows import Windows
from mathrock.music.bars import BAR
from splits import TRAIN, VALID, name_for

OTHER = name_for("train", number=1)


def bars(lengths, first=0):
    """Bars of so many steps each, two steps an eighth."""
    steps = first + np.cumsum([0, *lengths])
    rows = [(s, s / 8, max(1, n // 2), 8) for s, n in zip(steps, [*lengths, 8], strict=True)]
    return [list(row) for row in np.array(rows, BAR).tolist()]


@pytest.fixture
def on_seconds(pack_songs, riff):
    return Sequences(pack_songs({TRAIN: riff(200), OTHER: riff(70), VALID: riff(90)})[0])


@pytest.fixture
def on_beats(pack_songs, riff):
    songs = {TRAIN: riff(160), OTHER: riff(100), VALID: riff(90)}
    lines = {TRAIN: bars([14] * 11, 4), OTHER: bars([16, 10] * 3 + [60]), VALID: bars([16] * 5)}
    grids = {
        song: {"steps_per_second": 8, "steps_per_beat": 4, "bars": lines[song]} for song in songs
    }
    return Sequences(pack_songs(songs, grids=grids)[0])


def covered(sequences, windows, split):
    """How often each step of the split's songs is in a window."""
    times = np.zeros(sum(span.steps for span in sequences.spans), int)
    for first, steps in windows:
        times[first : first + steps] += 1
    return np.concatenate([times[s.first : s.first + s.steps] for s in sequences.split(split)])


@pytest.mark.parametrize("split", ["train", "valid"])
@pytest.mark.parametrize("songs", ["on_seconds", "on_beats"])
def test_tiles_cover_each_step_once_and_stay_in_their_song(request, songs, split):
    sequences = request.getfixturevalue(songs)
    windows = Windows(sequences, bars=2, seconds=2)
    tiles = windows.tiles(split)
    assert (covered(sequences, tiles, split) == 1).all()
    assert tiles[:, 1].max() <= windows.steps
    for first, steps in tiles.tolist():
        span = sequences.span_at(first)
        assert first + steps <= span.first + span.steps


def test_on_seconds_windows_are_as_long_as_was_asked_for(on_seconds):
    windows = Windows(on_seconds, bars=2, seconds=2)
    assert windows.steps == 32
    assert windows.of_span(on_seconds.spans[0])[:, 1].tolist() == [32] * 6 + [8]


def test_on_beats_windows_are_whole_bars(on_beats):
    windows = Windows(on_beats, bars=2, seconds=2)
    assert windows.steps == 28  # 60 steps of a bar that was counted wrong are no measure
    tiles = windows.of_span(on_beats.spans[0])
    assert tiles.tolist()[:3] == [[0, 4], [4, 28], [32, 28]]
    other = next(span for span in on_beats.spans if span.song == OTHER)
    lengths = windows.of_span(other)[:, 1].tolist()
    assert lengths == [26, 26, 26, 22]


@pytest.mark.parametrize("songs", ["on_seconds", "on_beats"])
def test_what_is_drawn_begins_elsewhere_each_time_but_on_bar_lines(request, songs):
    sequences = request.getfixturevalue(songs)
    windows = Windows(sequences, bars=2, seconds=2)
    drawn = [windows.drawn(np.random.default_rng(seed)) for seed in (1, 1, 2, 3, 4)]
    assert np.array_equal(drawn[0], drawn[1])
    firsts = {tuple(sorted(some[:, 0].tolist())) for some in drawn}
    assert len(firsts) > 1
    for some in drawn:
        assert some[:, 1].min() >= windows.steps / 4
        assert (covered(sequences, some, "train") <= 1).all()
        for first, steps in some.tolist() if songs == "on_beats" else ():
            span = sequences.span_at(first)
            ends = {0, span.steps, *np.rint(sequences.bars(span.song)["step"]).astype(int)}
            assert {
                first - span.first,
                first + steps - span.first,
            } & ends  # but in the freak bar both


@given(st.integers(0, 60), st.integers(1, 100))
def test_lengths_of_a_chain_add_up(first, steps):
    sequences = type("S", (), {"steps_per_beat": lambda s, x: 4, "rate": lambda s, x: 8})()
    windows = Windows(sequences, bars=2, seconds=2, steps=28)
    lines = np.array([tuple(row) for row in bars([14, 10, 30, 8] * 5)], BAR)
    lengths = windows.lengths("song", first, first + steps, lines)
    assert sum(lengths) == steps
    assert min(lengths) > 0
    assert max(lengths) <= 28
