import json

import numpy as np
import pytest

from mathrock.evaluation.copies import AROUND, MOST_PIECES, find_copies
from mathrock.files.json_files import write_json
from mathrock.generation.arranging import arrange
from mathrock.music.bars import from_rows, to_rows
from mathrock.music.score import Note
from mathrock.pianoroll import encoding

PART = [{"name": "all", "program": 0, "lowest_pitch": 0, "highest_pitch": 127}]
KINDS = {"train": 1, "other": 2, "valid": 3, "test": 4}
SPLITS = {song: "train" if song == "other" else song for song in KINDS}


def melody(seed, notes=60):
    """A roll at 16 steps a second in which nothing comes back: 1 to 6 steps from note to note."""
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.integers(1, 7, notes))
    pitches = rng.integers(40, 80, notes)
    found = [
        Note(on / 16, (on + 1) / 16, pitch)
        for on, pitch in zip(steps, pitches.tolist(), strict=True)
    ]
    return encoding.encode(found, 16)[:, :, :2]


def silence(steps):
    return np.zeros((steps, 128, 2), np.uint8)


def up(roll, semitones):
    return np.roll(roll, semitones, axis=1)


SONGS = {song: melody(seed) for song, seed in KINDS.items()}
COPIED = SONGS["other"][40:100]  # steps
SNIPPET = SONGS["train"][:64]
NEW = melody(9)[:80]


@pytest.fixture
def folder(pack_songs):
    return pack_songs(SONGS, splits=SPLITS)[0]


@pytest.fixture
def find(folder, tmp_path):
    """What is found of one take that goes on after the snippet, and of references."""

    def run(*rolls, references=(), folder=folder, bars=(), keep_snippet=False):
        path = tmp_path / "lstm" / "a.npy"
        encoding.save(path, np.array(rolls) if len(rolls) > 1 else rolls[0])
        settings = {"variations": len(rolls), "keep_snippet": keep_snippet}
        made = {"take": "a", "song": "train", "steps_per_second": 16, "bars": list(bars)}
        made |= {"snippet_steps": len(SNIPPET), "made": {"settings": settings}}
        write_json(tmp_path / "a.json", made)
        found = find_copies(
            folder, [str(path)], [str(tmp_path / "a.json")], *references or ([], [])
        )
        return json.loads(json.dumps(found))

    return run


def after_snippet(*parts):
    return np.concatenate([SNIPPET, *parts])


def onsets(roll):
    return np.flatnonzero(roll[:, :, 1].any(axis=1))


def test_a_planted_copy_is_found_with_both_places(find):
    found = find(after_snippet(NEW, up(COPIED, 5), NEW))["tracks"]["lstm/a"]
    first, last = onsets(COPIED)[[0, -1]]
    assert found["notes"] == COPIED[:, :, 1].sum()
    assert found["distinct_pitches"] == COPIED[:, :, 1].any(axis=0).sum()
    assert (found["song"], found["semitones"]) == ("other", 5)
    assert found["at"] == pytest.approx((len(NEW) + first) / 16, abs=1e-3)
    assert found["song_at"] == pytest.approx((40 + first) / 16, abs=1e-3)
    assert found["seconds"] == pytest.approx((last + 1 - first) / 16, abs=2e-3)


def test_both_rolls_show_the_run_and_what_is_around_it(find):
    found = find(after_snippet(NEW, up(COPIED, 5), NEW))["tracks"]["lstm/a"]
    for name, at in {"take_roll": "at", "song_roll": "song_at"}.items():
        run = [note for note in found[name] if note[3]]
        others = [note for note in found[name] if not note[3]]
        assert len(run) == found["notes"]
        assert run[0][0] == found[at]
        end = found[at] + found["seconds"]
        assert all(found[at] - AROUND < off and on < end + AROUND for on, off, *_ in others)
        assert min(others)[0] < found[at] < end < max(others)[0]
    pitches = [[note[2] for note in found[name] if note[3]] for name in ("take_roll", "song_roll")]
    assert np.unique(np.subtract(*pitches)).tolist() == [5]


def test_without_the_copy_hardly_anything_is_found(find):
    found = find(after_snippet(NEW))["tracks"]["lstm/a"]
    assert found is None or found["notes"] < 4
    assert find(after_snippet(silence(50)))["tracks"] == {"lstm/a": None}


@pytest.mark.parametrize("keep_snippet", [False, True])
def test_the_snippet_is_no_copy_and_a_run_does_not_begin_in_it(find, keep_snippet):
    rest = SONGS["train"][64:110]
    found = find(after_snippet(rest), keep_snippet=keep_snippet)["tracks"]["lstm/a"]
    assert found["notes"] == rest[:, :, 1].sum()
    begin = 64 / 16 if keep_snippet else 0
    assert found["at"] == pytest.approx(begin + onsets(rest)[0] / 16, abs=1e-3)
    assert found["song_at"] == pytest.approx((64 + onsets(rest)[0]) / 16, abs=1e-3)


def test_each_variation_is_a_track(find):
    one, two = after_snippet(COPIED), after_snippet(silence(len(COPIED)))
    tracks = find(two, one)["tracks"]
    assert list(tracks) == ["lstm/a-1", "lstm/a-2"]
    assert tracks["lstm/a-1"] is None
    assert tracks["lstm/a-2"]["notes"] == COPIED[:, :, 1].sum()


@pytest.mark.parametrize("keep_snippet", [False, True])
def test_a_place_on_bars_is_where_the_track_plays_it(find, pack_songs, keep_snippet):
    rows = [(step, step / 13 + step**2 / 9000, 4, 4) for step in range(0, 300, 16)]
    bars = to_rows(from_rows(rows))
    grid = {"steps_per_second": 12.5, "steps_per_beat": 4, "bars": bars}
    folder, _ = pack_songs(SONGS, splits=SPLITS, folder="beats", grids={"other": grid})
    roll = after_snippet(NEW, COPIED)
    found = find(roll, folder=folder, bars=bars, keep_snippet=keep_snippet)["tracks"]["lstm/a"]
    made = {"song": "train", "bars": bars, "snippet_steps": 64, "steps_per_second": 12.5}
    made |= {"made": {"settings": {"keep_snippet": keep_snippet}}}
    played = arrange(roll, made, "a", 120, "4/4", 90, 0, 0, PART).pitched_notes
    shown = {(note[0], note[2]) for note in found["take_roll"]}
    assert shown <= {(round(note.onset, 3), note.pitch) for note in played}
    assert found["at"] in {on for on, _ in shown}
    step = 40 + onsets(COPIED)[0]
    times = np.interp(step, [row[0] for row in rows], [row[1] for row in rows])
    assert found["song_at"] == pytest.approx(times, abs=1e-3)


def test_references_are_asked_about_but_for_those_that_are_not_ok(find, tmp_path):
    grid = {"steps_per_second": 16, "steps_per_beat": None, "bars": []}
    files = []
    for name, is_ok in {"anthem": True, "noise": False}.items():
        encoding.save(tmp_path / f"{name}.npy", np.concatenate([NEW, up(COPIED, -4)]))
        write_json(tmp_path / f"{name}.json", {"ok": is_ok, "facts": {"grid": grid}})
        files.append((str(tmp_path / f"{name}.npy"), str(tmp_path / f"{name}.json")))
    found = find(after_snippet(NEW), references=tuple(zip(*files, strict=True)))["references"]
    assert list(found) == ["anthem"]
    assert (found["anthem"]["notes"], found["anthem"]["semitones"]) == (COPIED[:, :, 1].sum(), -4)
    at = (len(NEW) + onsets(COPIED)[0]) / 16
    assert found["anthem"]["at"] == pytest.approx(at, abs=1e-3)


def test_held_out_songs_are_the_yardstick_in_pieces_as_long_as_takes(find, pack_songs):
    songs = SONGS | {"test": np.concatenate([SONGS["test"], up(COPIED, 2)])}
    folder, _ = pack_songs(songs, splits=SPLITS, folder="common")
    found = find(after_snippet(NEW), folder=folder)
    held = found["held_out"]
    count = sum(round(len(songs[song]) / len(NEW)) for song in ("valid", "test"))
    assert (held["songs"], held["pieces"]) == (2, count)
    assert held["piece_seconds"] == pytest.approx(len(NEW) / 16, rel=0.2)
    assert held["notes"]["median"] <= 3 < held["notes"]["longest"] == held["longest"]["notes"]
    assert (held["longest"]["from"], held["longest"]["song"]) == ("test", "other")
    assert held["longest"]["semitones"] == 2
    at = (len(SONGS["test"]) + onsets(COPIED)[0]) / 16
    assert held["longest"]["at"] == pytest.approx(at, abs=1e-3)
    assert found["training_songs"] == 2
    assert found["training_notes"] == sum(SONGS[song][:, :, 1].sum() for song in ("train", "other"))


def test_held_out_ends_are_not_compared_with_their_own_beginnings(find, pack_songs):
    twice = np.concatenate([SONGS["train"], SONGS["train"]])
    songs = {"twice": twice, "other": SONGS["other"]}
    folder, _ = pack_songs(songs, splits=dict.fromkeys(songs, "train"), folder="ends")
    held = find(after_snippet(NEW), folder=folder)["held_out"]
    assert held["songs"] == 2
    assert held["notes"]["longest"] < 4


@pytest.mark.parametrize(("steps", "held_out"), [(1, False), (16, True)])
def test_hardly_anything_is_held_out(find, pack_songs, steps, held_out):
    songs = {"train": np.repeat(silence(1) + np.eye(128, dtype=np.uint8)[None, :, 9:11], steps, 0)}
    knobs = {"splits": {"train": "train"}, "folder": "few", "least_seconds": 0}
    held = find(after_snippet(NEW), folder=pack_songs(songs, **knobs)[0])["held_out"]
    assert (held is not None) == held_out
    assert not held_out or (held["longest"], held["notes"]["longest"]) == (None, 0)


def test_of_many_pieces_some_from_all_over_are_looked_at(find, pack_songs):
    songs = {"train": SONGS["train"], **{f"v{n}": melody(n, 160) for n in range(20)}}
    splits = {song: "train" if song == "train" else "valid" for song in songs}
    folder, _ = pack_songs(songs, splits=splits, folder="many")
    held = find(after_snippet(NEW[:8]), folder=folder)["held_out"]
    assert (held["songs"], held["pieces"] <= MOST_PIECES) == (20, True)
    assert held["pieces"] > MOST_PIECES / 2
