from types import SimpleNamespace
from typing import NamedTuple

import pytest

from mathrock.jobs.params import (
    describe,
    minutes_of_shard,
    patterns_in,
    per_attempt,
    reads_like_syntax,
    shard_step,
    shipped,
    stamp_of,
    tracked_file,
)

# The first 12 digits of the SHA-256 of b"abc".
ABC = "ba7816bf8f01"
OUTPUTS = {"beats": "results/beats/{song}.tsv", "all": "results/all.tsv", "many": ["{song}.a"]}


class Song(NamedTuple):
    path: str
    problem: str = ""


def test_what_is_shipped_goes_with_digests(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "b").write_bytes(b"abc")
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert shipped(one=a, two=[a, b]) == {
        "one": a,
        "file_one": f"{a} {ABC}",
        "two": [a, b],
        "file_two": f"{a} {ABC}, {b} {ABC}",
    }


def test_shipped_files_that_change_change_the_params(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    before = shipped(one=str(tmp_path / "a"))
    (tmp_path / "a").write_bytes(b"abd")
    assert shipped(one=str(tmp_path / "a")) != before


def test_a_songs_own_files_have_the_song_in_their_path():
    assert patterns_in(OUTPUTS) == {"beats": "results/beats/{song}.tsv"}


def test_a_stamp_names_the_artifacts_of_earlier_steps():
    made = {"track_beats": OUTPUTS, "hear_song": {"a": "a/{song}", "b": "b/{song}"}}
    stamp = stamp_of("create_notes", made, shared=["soundfont"])
    assert stamp(SimpleNamespace(song="x")) == {
        "path": "results/shards/stamps/create_notes/x",
        "before": {
            "results/shards/stamps/track_beats/x": ["results/beats/x.tsv"],
            "results/shards/stamps/hear_song/x": ["a/x", "b/x"],
        },
        "shared": ["soundfont"],
    }
    assert stamp(SimpleNamespace(song="y"))["path"] == "results/shards/stamps/create_notes/y"


def test_a_step_of_shards_has_a_songs_files_and_the_same_stamps():
    step = shard_step(
        "hear", {"song": len, "model": "m.onnx"}, OUTPUTS, {"k": 1}, ("mp3",), songs=[]
    )
    assert step == {
        "name": "hear",
        "inputs": {},
        "outputs": {"beats": "results/beats/{song}.tsv"},
        "params": {"k": 1},
        "formats": ["mp3"],
        "stamps": "results/shards/stamps/hear",
        "songs": [],
    }
    path = stamp_of("hear", {})(SimpleNamespace(song="x"))["path"]
    assert path == f"{step['stamps']}/x"


@pytest.mark.parametrize(
    ("songs", "shards", "minutes"), [(0, 3, 5), (300, 1, 15), (300, 0, 15), (300, 3, 8)]
)
def test_minutes_grow_with_the_songs_of_a_shard(songs, shards, minutes):
    assert minutes_of_shard(2, songs, shards) == minutes


def test_each_attempt_gets_more():
    amount = per_attempt(240)
    assert [amount(None, attempt) for attempt in (1, 2, 3)] == [240, 480, 720]


@pytest.mark.parametrize(
    ("path", "expected"), [("a/b [1].mp3", False), ("a {b}.mp3", True), ("<a>.mp3", True)]
)
def test_names_that_snakemake_would_read(path, expected):
    assert reads_like_syntax(path) is expected


def test_a_file_is_an_input_if_it_can_be_tracked():
    assert tracked_file(Song("a.mp3")) == "a.mp3"
    assert tracked_file(Song("{a}.mp3")) == []
    assert tracked_file(Song("a.mp3", problem="cannot be opened")) == []


def test_a_file_that_cannot_be_tracked_is_described_with_its_digest(tmp_path):
    path = str(tmp_path / "{a}.mp3")
    assert describe(Song(path)) == {"path": path, "problem": ""}  # it is gone
    (tmp_path / "{a}.mp3").write_bytes(b"abc")
    assert describe(Song(path)) == {"path": path, "problem": "", "digest": ABC}
    assert "digest" not in describe(Song(path, problem="cannot be opened"))
    (tmp_path / "a.mp3").write_bytes(b"abc")
    assert "digest" not in describe(Song(str(tmp_path / "a.mp3")))
