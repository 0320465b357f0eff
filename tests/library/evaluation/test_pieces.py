import json

import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.evaluation import pieces
from mathrock.evaluation.pieces import Source, choose_evenly, cut, reference_in, songs_in, tracks_in
from mathrock.music.bars import BAR, to_rows
from mathrock.music.grid import grid_through, time_grid
from mathrock.songs.status import Status, write_status
from packing import pack

NO_BARS = np.zeros(0, BAR)


def bars_of(lengths, metre=(4, 4), rate=10):
    lines = np.cumsum([0, *lengths])
    return np.array([(line, line / rate, *metre) for line in lines], BAR)


def source(first, end, bars=NO_BARS, rate=10):
    """Each step strikes the pitch of its number."""
    roll = np.zeros((end, 128, 2), bool)
    roll[np.arange(end), np.arange(end) % 128] = True
    return Source("a", "song", first, end, time_grid(rate), bars, pieces.make_reader(roll))


def begins(found):
    return [int(piece.roll[0, :, 1].argmax()) for piece in found]


def test_pieces_follow_one_another_and_the_rest_is_left_out():
    found = list(cut(source(5, 48), 2, 9))
    assert begins(found) == [5, 25]
    assert {piece.roll.shape for piece in found} == {(20, 128, 2)}
    assert {(piece.rate, piece.song, len(piece.bars)) for piece in found} == {(10, "song", 0)}


def test_a_piece_begins_with_a_bar():
    """Bars of 7 steps: the first from step 5 on begins at 7, the next piece with the bar of 27."""
    found = list(cut(source(5, 70, bars_of([7] * 10)), 2, 9))
    assert begins(found) == [7, 21, 42]
    for piece in found:
        assert piece.bars["step"].tolist() == [0, 7, 14, 21]
        assert piece.bars["seconds"] == pytest.approx([0, 0.7, 1.4, 2.1])


def test_bars_between_steps_are_counted_from_the_piece():
    found = list(cut(source(0, 45, bars_of([7.4] * 7)), 2, 9))
    assert begins(found) == [0, 15]
    assert found[1].bars["step"] == pytest.approx([-0.2, 7.2, 14.6, 22])


def test_a_short_source_is_one_piece_but_no_less_than_half():
    assert [len(piece.roll) for piece in cut(source(0, 12), 2, 9)] == [12]
    assert not list(cut(source(0, 9), 2, 9))
    assert not list(cut(source(4, 4), 2, 9))


def test_on_a_grid_of_beats_pieces_last_equally_long():
    """Ten steps a second, then twenty."""
    bars = np.array([(0, 0, 4, 4), (40, 4, 4, 4), (200, 12, 4, 4)], BAR)
    beats = source(0, 200)._replace(grid=grid_through(bars["step"], bars["seconds"]))
    found = list(cut(beats, 4, 9))
    assert [len(piece.roll) for piece in found] == [40, 80, 80]
    assert [piece.rate for piece in found] == [10, 20, 20]


def test_evenly_keeps_the_order_and_takes_from_all_over():
    assert choose_evenly(range(10), 3) == [1, 5, 8]
    assert choose_evenly("abc", 9) == ["a", "b", "c"]
    assert choose_evenly(range(9), 1) == [4]
    assert choose_evenly([], 3) == []


def test_of_a_long_source_some_pieces_are_cut():
    assert begins(cut(source(0, 120), 1, 2)) == [30, 90]


def write_take(folder, variations, bars=NO_BARS):
    roll = np.zeros((variations, 30, 128, 4), np.uint8)
    for number in range(variations):
        roll[number, 10:, 60 + number, :3] = (1, 1, 99)
    np.save(folder / "take.npy", roll if variations > 1 else roll[0])
    made = {"take": "take", "song": "x", "steps_per_second": 10, "snippet_steps": 10}
    made |= {"bars": to_rows(bars), "made": {"settings": {"variations": variations}}}
    (folder / "take.json").write_text(json.dumps(made))
    return folder / "take.json"


def test_a_take_begins_after_its_snippet(tmp_path):
    (track,) = tracks_in(write_take(tmp_path, 1, bars_of([8] * 4)))
    assert (track.name, track.song) == ("take", "x")
    (piece,) = cut(track, 1.4, 9)  # from the second line on
    assert piece.roll.shape == (14, 128, 2)
    assert piece.roll[:, 60].all()
    assert piece.bars["step"].tolist() == [0, 8, 16]


def test_each_variation_is_a_track(tmp_path):
    tracks = tracks_in(write_take(tmp_path, 3))
    assert [track.name for track in tracks] == ["take-1", "take-2", "take-3"]
    for number, track in enumerate(tracks):
        assert [piece.roll[:, 60 + number].all() for piece in cut(track, 1, 9)] == [True, True]


def test_a_reference_that_is_not_usable_is_left_out(tmp_path):
    grid = {"steps_per_second": 10, "steps_per_beat": None, "bars": []}
    write_status(tmp_path / "a.json", Status("a", "a.mid").failed("no notes"))
    write_status(tmp_path / "b.json", Status("b", "b.mid", facts={"grid": grid}))
    roll = np.zeros((25, 128, 4), np.uint8)
    roll[:20, 60, :2] = 1
    roll[24, 36, 3] = 99  # a drum after the last note
    np.save(tmp_path / "b.npy", roll)
    assert reference_in(tmp_path / "a.json") is None
    found = reference_in(tmp_path / "b.json")
    assert (found.name, found.song, found.first, found.end) == ("b", "b", 0, 20)


def test_of_many_songs_some_are_read(tmp_path):
    rolls = {}
    for number in range(12):
        roll = np.zeros((300, 128, 2), np.uint8)
        roll[::3, 40 + number] = 1
        np.save(tmp_path / f"{number}.npy", roll)
        rolls[f"song-{number}"] = tmp_path / f"{number}.npy", ""
    splits = dict.fromkeys(rolls, "train") | {"song-3": "valid", "song-7": "test"}
    pack(rolls, tmp_path / "packed", 10, splits=splits)
    packed = Sequences(tmp_path / "packed")
    found = songs_in(packed, ["train"], 4)
    assert [one.name for one in found] == ["song-1", "song-4", "song-8", "song-10"]
    valid, test = songs_in(packed, ["valid", "test"], 4)
    assert (valid.name, test.name, test.first, test.end) == ("song-3", "song-7", 0, 300)
    piece = next(cut(test, 10, 9))
    assert piece.roll[::3, 47].all()
    assert piece.roll.sum() == 2 * 34


def test_the_end_of_a_song_is_read_where_it_stands_in(tmp_path):
    roll = np.zeros((300, 128, 2), np.uint8)
    roll[200:, 60] = 1
    np.save(tmp_path / "a.npy", roll)
    pack({"a": (tmp_path / "a.npy", "")}, tmp_path / "packed", 10, valid=0.3, splits={"a": "train"})
    (end,) = songs_in(Sequences(tmp_path / "packed"), ["valid", "test"], 4)
    assert (end.first, end.end) == (210, 300)
    assert all(piece.roll[:, 60].all() for piece in cut(end, 4, 9))
