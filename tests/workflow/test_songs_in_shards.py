"""Jobs of shards give what jobs of songs give, and do only what they must."""

import re
import shutil
from pathlib import Path

import pytest

from building import copied
from mathrock.songs.listing import song_id
from mathrock.songs.shards.lists import shard_names, shard_of
from project import Project

# What of a song's, and of the takes, must not depend on it. Takes' .json name the packed files.
SAME = ("activations/*", "spectra/*", "beats/*", "midi/*", "rolls/*", "report/songs/*/*")
SAME += ("songs.tsv", "keys.tsv", "generated/*/*.npy", "generated/*/*.mid", "fx/*/*.wav")
STEPS = ("hear_shard", "track_shard", "note_shard", "import_shard", "encode_shard")


@pytest.fixture(scope="module")
def finished(built, once):
    """The small project, made anew in three shards."""

    def finish(folder):
        project = copied(built, folder)
        shutil.rmtree(folder / "results")
        project.configure(shards=3)
        project.run()

    return once("finished-in-shards", finish)


@pytest.fixture
def sharded(finished, tmp_path):
    return copied(finished, tmp_path / "project")


def contents(folder):
    paths = [path for pattern in SAME for path in (folder / "results").glob(pattern)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def made(printed):
    """How often a step was done for a song."""
    return sum(map(int, re.findall(r"^(\d+) of \d+ songs were made anew", printed, re.MULTILINE)))


def test_songs_and_takes_are_the_same_bytes_either_way(built, finished):
    ours, theirs = contents(finished), contents(built)
    assert len(theirs) > 40
    assert ours == theirs


def test_the_page_shows_songs_either_way(built, finished):
    ours, theirs = (
        (folder / "results/report/index.html").read_text().count("/roll.svg")
        for folder in (finished, built)
    )
    assert ours == theirs == 4


def test_a_second_run_has_nothing_to_do(sharded):
    assert sharded.stale() == {}


def test_a_new_song_computes_that_song_alone(sharded):
    song = sharded.path("data/songs/eleven.mid")
    shutil.copy(song, sharded.path("data/songs/twelve.mid"))
    stale = sharded.stale()
    assert {stale[step] for step in ("digest_shard", *STEPS, "key_shard", "pack_shard")} == {1}
    printed = sharded.run("results/keys.tsv", "results/sequences/index.json")
    assert made(printed) == 3  # import_score, encode_roll, find_key
    assert list(sharded.path("results/rolls").glob("twelve-*.npy"))


def test_a_touched_song_is_no_change(sharded):
    sharded.path("data/songs/eleven.mid").touch()
    sharded.path("data/songs/Paper & {planets}.wav").touch()
    assert sharded.stale() == {}


def test_a_removed_song_is_no_longer_listed(sharded):
    sharded.path("data/songs/math rock/seven.mid").unlink()
    assert made(sharded.run("results/songs.tsv")) == 0
    assert "seven" not in sharded.path("results/songs.tsv").read_text()


def test_a_knob_does_its_step_and_what_follows(sharded):
    sharded.configure(transcription={"minimum_note_ms": 90, "note_filter": 0})
    stale = sharded.stale("results/songs.tsv")
    assert "hear_shard" not in stale
    assert stale["note_shard"] == 3
    printed = sharded.run("results/songs.tsv")
    assert made(printed) == 4  # two recordings: create_notes, encode_roll
    assert sharded.stale("results/songs.tsv") == {}


def test_code_of_the_shards_does_no_song_again(sharded):
    sharded.append("workflow/scripts/mathrock/songs/shards/jobs.py", "\nLINE = 1\n")
    assert set(STEPS) <= set(sharded.stale())
    assert made(sharded.run("results/songs.tsv")) == 0


def test_another_number_of_shards_does_no_song_again(sharded):
    sharded.configure(shards=2)
    assert made(sharded.run("results/songs.tsv", "results/keys.tsv")) == 0


def test_songs_that_had_jobs_of_their_own_are_not_done_again(project, built):
    project.configure(shards=3)
    previews = [f"results/shards/preview_song/{shard}.tsv" for shard in shard_names(3)]
    targets = ["results/keys.tsv", *previews]
    assert made(project.run(*targets)) == 4  # find_key, which is no job of a song
    assert contents(project.folder) == contents(built)
    assert project.stale(*targets) == {}


def test_what_was_made_of_an_edited_artifact_is_made_again(project, built):
    midi = project.path("results/midi/eleven-e92c7c88.mid")
    midi.write_bytes(project.path("results/midi/seven-9b917e69.mid").read_bytes())
    roll = "results/rolls/eleven-e92c7c88.npy"
    edited = project.bytes_of(roll)
    project.run(roll)
    assert project.bytes_of(roll) != edited
    project.configure(shards=3)
    assert made(project.run("results/songs.tsv")) == 2
    assert project.bytes_of("results/rolls/*") == Project(built).bytes_of("results/rolls/*")


def test_what_changes_with_the_move_to_shards_is_done(project):
    project.configure(shards=3, transcription={"minimum_note_ms": 90, "note_filter": 0})
    project.path("data/songs/eleven.mid").write_bytes(
        project.path("data/songs/math rock/seven.mid").read_bytes()
    )
    # create_notes and encode_roll of two recordings, import_score and encode_roll of eleven.mid
    assert made(project.run("results/songs.tsv")) == 6


def test_shards_know_a_bad_song(sharded):
    sharded.path("data/songs/odd.mid").write_bytes(b"MThd")
    printed = sharded.run("results/sequences/index.json")
    assert "data/songs/odd.mid: is damaged or not a MIDI file" in printed
    assert "1 of 5 songs can't be used" in printed


def test_going_back_to_jobs_of_each_song_is_refused(sharded):
    sharded.configure(shards=0)
    printed = sharded.run(code=1)
    assert "Error: config.yaml: shards: what is in results/ was made in shards" in printed


def test_settings_that_came_and_went_with_other_shards_leave_nothing(sharded, finished):
    """Their artifacts lie at the same places; no table or stamp may take them for its own."""
    sharded.configure(shards=2, grid={"steps_per_second": 12})
    sharded.run("results/songs.tsv")
    sharded.configure(shards=3, grid={"steps_per_second": 16})
    sharded.run("results/songs.tsv")
    for path in (finished / "results/rolls").iterdir():
        assert sharded.path(f"results/rolls/{path.name}").read_bytes() == path.read_bytes()


def test_a_deleted_artifact_is_said_and_then_made_again(sharded):
    (roll,) = sharded.path("results/midi").glob("eleven*.mid")
    before = roll.read_bytes()
    roll.unlink()
    sharded.configure(grid={"steps_per_second": 12})
    printed = sharded.run("results/songs.tsv", code=1)
    assert f"Error: results/midi/{roll.name} is gone: run again, and it is made anew" in printed
    sharded.run("results/songs.tsv")
    assert roll.read_bytes() == before


def test_the_key_of_a_song_follows_its_code(sharded):
    sharded.append("workflow/scripts/mathrock/song_rules/find_key.py", "\nLINE = 1\n")
    assert sharded.stale("results/keys.tsv")["key_shard"] == 3


@pytest.fixture
def edited():
    """Edit what all songs are made by; the project's songs are stale."""

    def edit(project):
        for module in ("transcription/recording", "formats/midi/writer", "pianoroll/encoding"):
            project.append(f"workflow/scripts/mathrock/{module}.py", "\nLINE = 1\n")
        return project

    return edit


def test_touch_settles_shards_and_the_stamps_of_their_songs(sharded, edited):
    targets = ("results/keys.tsv", "results/sequences/index.json")
    stale = edited(sharded).stale(*targets)
    assert {"hear_shard", "note_shard", "import_shard", "encode_shard", "key_shard"} <= set(stale)
    before = contents(sharded.folder)
    assert "stamps of songs were renewed" in sharded.run("--touch")
    assert sharded.stale() == {}
    shutil.rmtree(sharded.path("results/shards/encode_roll"))
    sharded.append("workflow/scripts/mathrock/songs/shards/jobs.py", "\nLINE = 1\n")
    assert set(STEPS) <= set(sharded.stale(*targets))
    assert made(sharded.run(*targets)) == 0
    assert contents(sharded.folder) == before


def test_touch_settles_no_artifact_that_was_edited_or_never_made(sharded, edited):
    eleven = shard_of("eleven-e92c7c88", 3)
    new = next(name for name in map("{}.mid".format, range(99)) if in_shard(name) == eleven)
    songs, midi = sharded.path("data/songs"), sharded.path("results/midi/eleven-e92c7c88.mid")
    shutil.copy(songs / "eleven.mid", songs / new)
    midi.write_bytes(sharded.path("results/midi/seven-9b917e69.mid").read_bytes())
    edited(sharded).run("--touch")
    assert set(sharded.stale()) >= {"digest_shard", "import_shard", "key_shard", "list_songs"}
    # The new song's three steps; and import_score of eleven, whose MIDI is then what it was.
    assert made(sharded.run(f"results/shards/find_key/{eleven}.tsv")) == 4


def in_shard(name):
    return shard_of(song_id(Path(name)), 3)


def test_after_a_touch_songs_that_had_jobs_of_their_own_are_not_done_again(project, edited):
    edited(project).run("--touch")
    assert project.stale() == {}
    project.configure(shards=3)
    assert made(project.run("results/songs.tsv")) == 0
