import errno
from pathlib import Path
from types import SimpleNamespace

import pytest

from mathrock.files.atomic import DiskFull
from mathrock.files.damage import DamagedFile
from mathrock.files.tsv import read_rows
from mathrock.songs.shards.digests import COLUMNS
from mathrock.songs.shards.jobs import SongsFailed, make_songs
from mathrock.songs.shards.tables import ArtifactGone, write_table


class Shard:
    """A shard of three songs, and a step that writes a song's digest into its only output."""

    def __init__(self, folder):
        self.folder, self.done, self.told = folder, [], []
        self.digests = {"a": "1", "b": "2", "c": "3"}
        self.before = dict.fromkeys(self.digests, "x")
        self.params, self.formats = {"code_steps_step": "step 1"}, ["mp3"]
        (folder / "weights").write_text("weights")
        for song in "abcd":
            (folder / f"{song}.npz").touch()

    def step(self, job, log):
        self.done.append(job.params.song["id"])
        Path(job.output.made).write_text(job.params.song["digest"])

    def run(self, step=None):
        """The songs that the step was done for."""
        songs = [
            [song, f"songs/{song}.mp3", "none", "mp3", "", digest]
            for song, digest in self.digests.items()
        ]
        write_table(self.folder / "songs.tsv", COLUMNS, songs)
        write_table(self.folder / "before.tsv", ["song", "digest"], self.before.items())
        inputs = {
            "songs": self.folder / "songs.tsv",
            "made": [self.folder / "before.tsv"],
            "weights": self.folder / "weights",
        }
        step_params = {
            "name": "step",
            "inputs": {"heard": str(self.folder / "{song}.npz")},
            "outputs": {"made": str(self.folder / "{song}.txt")},
            "params": self.params,
            "formats": self.formats,
            "stamps": str(self.folder / "stamps"),
        }
        job = SimpleNamespace(
            input=inputs_of(inputs),
            output=[self.folder / "table.tsv"],
            params=SimpleNamespace(step=step_params),
            threads=1,
        )
        self.done = []
        make_songs(step or self.step, job, self.told.append)
        return self.done


class inputs_of(dict):
    """Named inputs, as Snakemake has them."""

    __getattr__ = dict.__getitem__


@pytest.fixture
def shard(tmp_path):
    return Shard(tmp_path)


def test_all_songs_are_done_once(shard):
    assert shard.run() == ["a", "b", "c"]
    assert shard.run() == []
    rows = read_rows(shard.folder / "table.tsv")
    assert [row["song"] for row in rows] == ["a", "b", "c"]
    assert [Path(row["made"]).read_text() for row in rows] == ["1", "2", "3"]
    assert "3 of 3 songs were made anew" in shard.told[0]
    assert len(shard.told) == 1


@pytest.mark.parametrize(
    ("change", "done"),
    [
        (lambda shard: shard.digests.update(b="new"), ["b"]),
        (lambda shard: shard.digests.update(d="4"), ["d"]),
        (lambda shard: shard.digests.pop("a"), []),
        (lambda shard: shard.before.update(c="y"), ["c"]),
        (lambda shard: shard.params.update(knob=1), ["a", "b", "c"]),
        (lambda shard: (shard.folder / "weights").write_text("other"), ["a", "b", "c"]),
        (lambda shard: (shard.folder / "a.txt").unlink(), ["a"]),
        (lambda shard: (shard.folder / "stamps/a").write_text("torn"), ["a"]),
        (lambda shard: (shard.folder / "a.txt").write_text(""), ["a"]),
        (lambda shard: (shard.folder / "a.txt").write_text("x"), ["a"]),
        (lambda shard: (shard.folder / "a.txt").touch(), []),
    ],
)
def test_a_song_is_done_again_when_what_it_is_made_of_changes(shard, change, done):
    shard.run()
    change(shard)
    assert shard.run() == done
    assert shard.run() == []


def test_a_changed_song_whose_artifact_stays_the_same_keeps_its_digest(shard):
    shard.run()
    before = (shard.folder / "table.tsv").read_bytes()
    shard.params["knob"] = 1
    assert len(shard.run()) == 3
    assert (shard.folder / "table.tsv").read_bytes() == before


def test_other_formats_are_left_out(shard):
    shard.formats = ["mid"]
    assert shard.run() == []
    assert read_rows(shard.folder / "table.tsv") == []


def test_a_song_that_fails_is_named_and_the_others_are_done(shard):
    def fails(job, log):
        if job.params.song["id"] == "b":
            raise ValueError("it is odd")
        shard.step(job, log)

    with pytest.raises(SongsFailed, match=r"1 of 3 songs failed: songs/b.mp3: ValueError: it is"):
        shard.run(fails)
    assert not (shard.folder / "table.tsv").exists()
    assert shard.run() == ["b"]


def test_a_job_killed_while_it_writes_does_that_song_again(shard):
    shard.run()
    shard.digests["b"] = "new"

    def killed(job, log):
        Path(job.output.made).write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shard.run(killed)
    shard.digests["b"] = "2"  # as it was made before: but that is gone
    assert shard.run() == ["b"]
    assert (shard.folder / "b.txt").read_text() == "2"


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space"), DiskFull("No space")])
def test_a_full_disk_is_no_songs_fault(shard, error):
    def fails(job, log):
        raise error

    with pytest.raises(OSError, match="No space"):
        shard.run(fails)


def test_of_many_failures_some_are_named(shard):
    shard.digests = {f"{number}": "1" for number in range(9)}
    shard.before = dict.fromkeys(shard.digests, "x")
    for song in shard.digests:
        (shard.folder / f"{song}.npz").touch()
    with pytest.raises(SongsFailed, match="9 of 9 songs failed: ") as found:
        shard.run(lambda job, log: 1 / 0)
    assert str(found.value).count("ZeroDivisionError") == 3
    assert str(found.value).endswith("; and 6 more")


def test_a_stamp_never_vouches_for_what_something_else_wrote(shard, monkeypatch):
    """A job that is killed right after it looked must leave no stamp that fits."""
    shard.run()
    (shard.folder / "a.txt").write_text("other")
    before = (shard.folder / "stamps/a").read_text()

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(KeyboardInterrupt):
        shard.run()
    assert (shard.folder / "stamps/a").read_text() == before


def test_a_file_that_cant_be_read_is_its_songs(shard):
    def fails(job, log):
        if job.params.song["id"] == "a":
            raise PermissionError(errno.EACCES, "Permission denied")
        shard.step(job, log)

    with pytest.raises(SongsFailed, match=r"1 of 3 songs failed: songs/a\.mp3: Perm"):
        shard.run(fails)


def test_what_an_earlier_step_made_and_is_gone_is_made_anew_by_the_next_run(shard):
    shard.run()
    (shard.folder / "b.npz").unlink()
    shard.digests["b"] = "new"
    with pytest.raises(ArtifactGone, match=r"b.npz is gone: run again"):
        shard.run()
    assert not (shard.folder / "before.tsv").exists()


def test_what_is_told_of_a_song_names_it(shard, capsys):
    def tells(job, log):
        log("tempo 120")
        log(f"{job.params.song['path']}: is odd")
        shard.step(job, log)

    shard.run(tells)
    assert "songs/a.mp3: tempo 120" in capsys.readouterr().out
    assert "songs/a.mp3: is odd" in shard.told
    assert not any("tempo" in line for line in shard.told)


def test_a_damaged_artifact_of_an_earlier_step_is_made_anew_when_it_is_deleted(shard):
    def fails(job, log):
        if job.params.song["id"] == "a":
            raise DamagedFile("a.npz is damaged or cut short: delete it and run again")
        shard.step(job, log)

    with pytest.raises(SongsFailed, match=r"1 of 3 songs failed: .*a\.npz is damaged"):
        shard.run(fails)
    assert not (shard.folder / "before.tsv").exists()
