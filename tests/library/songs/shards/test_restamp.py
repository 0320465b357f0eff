from pathlib import Path
from types import SimpleNamespace

import pytest

from mathrock.files.tsv import read_rows
from mathrock.songs.shards.digests import write_digests
from mathrock.songs.shards.jobs import make_songs
from mathrock.songs.shards.lists import write_lists
from mathrock.songs.shards.restamp import restamp
from mathrock.songs.shards.stamps import make_song, read_stamp
from mathrock.songs.song import Song


class Named(dict):
    """Named values, as Snakemake has them."""

    __getattr__ = dict.__getitem__

    def __iter__(self):
        return iter(self.values())


class Shard:
    """A shard of two songs whose rolls are copies of the songs' files."""

    def __init__(self, folder):
        self.folder, self.code, self.told = folder, "first", []
        self.songs = []
        for id in "ab":
            self.add(id)
        self.run()

    def add(self, id):
        path = self.folder / f"{id}.mid"
        path.write_text(f"song {id}")
        self.songs.append(Song(id, str(path), "none", "mid", ""))

    @property
    def digest_job(self):
        write_lists(self.songs, 1, self.folder)
        return SimpleNamespace(
            input=Named(songs=str(self.folder / "lists/0000.tsv")),
            output=[str(self.folder / "songs/0000.tsv")],
            params=Named(known=str(self.folder / "digests/0000.tsv")),
        )

    @property
    def step_job(self):
        step = {
            "inputs": {},
            "outputs": {"roll": str(self.folder / "{song}.npy")},
            "params": {"code": self.code},
            "formats": ["mid"],
            "stamps": str(self.folder / "stamps"),
        }
        return SimpleNamespace(
            input=Named(songs=self.digest_job.output[0]),
            output=[str(self.folder / "encode_roll/0000.tsv")],
            params=Named(step=step),
            threads=1,
        )

    def digest(self):
        job = self.digest_job
        write_digests(job.output[0], read_rows(job.input.songs), job.params.known)

    def run(self):
        """The songs that the step was done for."""
        done = []
        self.digest()
        make_songs(lambda job, log: done.append(copy(job)), self.step_job, print)
        return done

    def touch(self):
        restamp([self.digest_job, self.step_job], self.told.append)


def copy(job):
    Path(job.output.roll).write_bytes(Path(job.params.song["path"]).read_bytes())
    return job.params.song["id"]


@pytest.fixture
def shard(tmp_path):
    return Shard(tmp_path)


def test_songs_that_are_restamped_are_not_done_again(shard):
    shard.code = "second"
    shard.touch()
    assert shard.told == ["2 stamps of songs were renewed"]
    assert shard.run() == []


def test_songs_that_are_not_restamped_are_done_again(shard):
    shard.code = "second"
    assert shard.run() == ["a", "b"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda shard: (shard.folder / "a.npy").write_text("edited"),
        lambda shard: (shard.folder / "a.npy").unlink(),
        lambda shard: (shard.folder / "stamps/a").unlink(),
    ],
)
def test_what_is_not_what_its_stamp_says_gets_no_new_key(shard, damage):
    damage(shard)
    shard.code = "second"
    shard.touch()
    assert shard.told[0].startswith("1 stamps of songs were renewed, 1 not")
    assert shard.run() == ["a"]


def test_a_shard_without_a_table_gets_no_new_keys(shard):
    Path(shard.step_job.output[0]).unlink()
    shard.code = "second"
    shard.touch()
    assert shard.told == []
    assert shard.run() == ["a", "b"]


def test_a_shard_whose_list_has_a_new_song_is_still_to_be_looked_at(shard):
    shard.add("c")
    shard.code = "second"
    shard.touch()
    assert not Path(shard.digest_job.output[0]).exists()
    assert shard.run() == ["c"]


def test_a_shard_whose_song_changed_is_still_to_be_looked_at(shard):
    (shard.folder / "a.mid").write_text("another song")
    shard.touch()
    assert not Path(shard.digest_job.output[0]).exists()
    assert shard.run() == ["a"]


def test_a_song_that_changed_before_its_step_was_done_is_still_to_be_made(shard):
    (shard.folder / "a.mid").write_text("another song")
    shard.digest()  # and the run was killed here
    shard.code = "second"
    shard.touch()
    assert not Path(shard.step_job.output[0]).exists()
    assert shard.run() == ["a"]


def test_a_stamp_of_an_earlier_version_which_has_one_digest_is_renewed(shard):
    for stamp in (shard.folder / "stamps").iterdir():
        key, *rest = stamp.read_text().split()
        stamp.write_text(" ".join([key.partition("-")[0], *rest]) + "\n")
    shard.code = "second"
    shard.touch()
    assert shard.told == ["2 stamps of songs were renewed"]
    assert shard.run() == []


def test_a_table_that_lacks_a_song_is_still_to_be_made(shard):
    shard.add("c")
    shard.digest()
    shard.touch()
    assert not Path(shard.step_job.output[0]).exists()
    assert not Path(shard.digest_job.output[0]).exists()
    assert Path(shard.digest_job.params.known).exists()
    assert shard.run() == ["c"]


@pytest.mark.parametrize("content", ["", "id\tpath\tgen"])
def test_a_damaged_table_is_still_to_be_made(shard, content):
    Path(shard.step_job.output[0]).write_text(content)
    shard.touch()
    assert not Path(shard.step_job.output[0]).exists()
    assert shard.run() == []


def test_the_stamp_of_a_songs_own_job_gets_a_new_key(tmp_path):
    song = Song("a", str(tmp_path / "a.mid"), "none", "mid", "")
    Path(song.path).write_text("song a")
    outputs = Named(roll=str(tmp_path / "a.npy"))

    def job(code):
        stamp = {"path": str(tmp_path / "stamp"), "before": {}, "shared": []}
        params = Named(code=code, song=song._asdict(), stamp=stamp)
        return SimpleNamespace(input={}, output=outputs, params=params)

    def stamped():
        key = Path(tmp_path, "stamp").read_text().split()[0]
        assert read_stamp(tmp_path / "stamp", key, list(outputs))
        return key

    make_song(lambda job, log: copy(job), job("second"), print)
    wanted = stamped()
    make_song(lambda job, log: copy(job), job("first"), print)
    assert stamped() != wanted
    restamp([job("second")], print)
    assert stamped() == wanted


def test_other_jobs_are_left_alone(tmp_path):
    restamp([SimpleNamespace(params=Named(code="first"))], pytest.fail)
