from pathlib import Path
from types import SimpleNamespace

import pytest

from mathrock.songs.shards.stamps import digest_of, key_of, make_song, read_stamp, write_stamp

SONG = {"id": "a", "path": "a.mp3", "genre": "none", "format": "mp3", "problem": ""}


class Song:
    """A song, and a job of its own that writes an artifact."""

    def __init__(self, folder):
        self.folder, self.song = folder, SONG | {"path": str(folder / "a.mp3")}
        self.stamp, self.artifact = folder / "stamps/step/a", folder / "a.txt"
        (folder / "a.mp3").write_text("sound")
        (folder / "weights").write_text("weights")
        self.heard = folder / "a.npz"
        self.heard.write_text("heard")
        (folder / "stamps/before").mkdir(parents=True)
        self.before = write_stamp(folder / "stamps/before/a", "key", [str(self.heard)])

    def run(self, run=lambda job, log: Path(job.output.made).write_text("made")):
        place = {
            "path": str(self.stamp),
            "before": {
                str(self.folder / f"stamps/{step}/a"): [str(self.heard)]
                for step in ("before", "none")
            },
            "shared": ["weights"],
        }
        job = SimpleNamespace(
            input=Named(weights=str(self.folder / "weights"), heard=str(self.heard)),
            output=Named(made=str(self.artifact)),
            params=Named(knob=1, song=self.song, stamp=place),
        )
        make_song(run, job, print)

    def digest(self, **changes):
        """What a shard's job takes from the stamp, where it gives this to the step."""
        row = self.song | {"digest": digest_of(self.song["path"])} | changes.pop("song", {})
        given = {"knob": 1, "made": [self.before]} | changes
        made = given.pop("made")
        key = key_of(given, [str(self.folder / "weights")], row, made)
        return read_stamp(self.stamp, key, [str(self.artifact)])


class Named(dict):
    """Files or params as Snakemake has them: a sequence with names."""

    __getattr__ = dict.__getitem__

    def __iter__(self):
        return iter(self.values())


@pytest.fixture
def song(tmp_path):
    return Song(tmp_path)


def test_the_job_of_a_song_leaves_the_stamp_that_a_shard_looks_for(song):
    song.run()
    assert song.digest()


@pytest.mark.parametrize(
    "changes",
    [{"knob": 2}, {"code": "new"}, {"made": ["other"]}, {"made": []}, {"song": {"digest": "new"}}],
)
def test_what_differs_needs_another_stamp(song, changes):
    song.run()
    assert song.digest(**changes) is None


def test_files_for_all_songs_count(song):
    song.run()
    (song.folder / "weights").write_text("other")
    assert song.digest() is None


def test_an_artifact_that_was_changed_since_is_not_what_was_stamped(song):
    song.run()
    song.artifact.write_text("else")
    assert song.digest() is None


def test_an_artifact_that_has_another_time_is(song):
    song.run()
    before = song.digest()
    song.artifact.touch()
    assert song.digest() == before


def test_what_is_made_of_an_artifact_that_was_edited_has_no_stamp(song):
    song.run()
    song.heard.write_text("edited")
    song.run()
    assert not song.stamp.exists()
    song.heard.write_text("heard")
    song.run()
    assert song.digest()


def test_a_job_that_fails_leaves_no_stamp(song):
    song.run()

    def fails(job, log):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        song.run(fails)
    assert not song.stamp.exists()


def test_a_bad_song_is_not_read(song):
    song.song["problem"] = "is empty"
    song.run()
    assert song.digest(song={"digest": ""})


def test_a_song_that_is_gone_has_no_digest(tmp_path):
    assert digest_of(str(tmp_path / "none.mp3")) == ""


def test_no_stamp_is_left_where_songs_never_come_in_shards(song):
    done = []
    job = SimpleNamespace(params=SimpleNamespace(stamp=None))
    make_song(lambda job, log: done.append(job), job, print)
    assert done == [job]
    assert not song.stamp.exists()
