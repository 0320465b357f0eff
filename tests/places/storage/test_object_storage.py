"""Songs and results in a bucket, nothing but code in the folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mathrock.demo.math_rock import compose
from mathrock.formats.midi.writer import write_score
from project import Project

CODE = {"Snakefile", "config.yaml", "workflow", "profiles", "envs", "data", "docs"}


def test_from_songs_in_a_bucket_to_a_track_in_the_bucket(elsewhere, local, tmp_path):
    bucket = elsewhere.bucket
    printed = elsewhere.run()
    assert f"All is in s3://{bucket.name}/small" in printed
    midi = {key: local.path(key).read_bytes() for key in bucket.midi()}
    assert bucket.midi() == midi
    assert {"results/generated/lstm/one.mid"} < midi.keys()
    made = {
        str(path.relative_to(local.folder))
        for path in local.path("results").rglob("*")
        if path.is_file() and not {"checkpoints", "tensorboard", "stamps"} & {*path.parts}
    }
    assert set(bucket.listing("results")) == made
    page = bucket.read("results/report/index.html").decode()
    assert "What is missing" not in page
    heard = re.findall(r'src="((?:takes|songs)/[^"]+\.mp3)"', page)
    assert heard
    assert {f"results/report/{file}" for file in heard} <= made
    # Nothing of songs and results stays here but what a training leaves for its own resuming.
    assert {path.name for path in elsewhere.folder.iterdir()} - {".snakemake"} <= CODE | {"results"}
    left = {path.parent.name for path in elsewhere.path("results").rglob("*") if path.is_file()}
    assert left <= {"tensorboard", "checkpoints"}
    assert not elsewhere.path("data/songs").exists()

    assert "Nothing to be done" in elsewhere.run()

    write_score(tmp_path / "other.mid", compose("folding-bicycle"))
    bucket.put(tmp_path / "other.mid", "data/songs/math rock/seven.mid")
    stale = elsewhere.stale()
    chain = {"import_score": 1, "encode_roll": 1, "preview_song": 1, "list_songs": 1}
    assert chain.items() <= stale.items()
    assert not stale.keys() & {"hear_song", "track_beats", "create_notes", "prepare_listener"}


def test_jobs_run_where_nothing_of_this_folder_is(elsewhere, local, tmp_path, monkeypatch):
    plugins = Path(__file__).parent / "plugins"
    places = tmp_path / "places"
    places.mkdir()
    monkeypatch.setenv("ELSEWHERE", str(places))
    monkeypatch.setenv("PYTHONPATH", str(plugins), prepend=os.pathsep)
    monkeypatch.setenv("PATH", f"{Path(elsewhere.command()[0]).parent}:{os.environ['PATH']}")
    for git in (["init", "--quiet"], ["add", "--all", "."]):
        subprocess.run(["git", *git], cwd=elsewhere.folder, check=True)
    song = next(path.name for path in local.path("results/report/songs").glob("paper*"))
    preview = f"results/report/songs/{song}/roll.svg"
    elsewhere.run("--executor", "elsewhere", "--jobs", "2", preview)
    assert elsewhere.bucket.read(preview) == local.path(preview).read_bytes()
    midi = f"results/midi/{song}.mid"
    assert elsewhere.bucket.read(midi) == local.path(midi).read_bytes()
    jobs = {path.name.rpartition("-")[0]: path for path in places.iterdir()}
    assert jobs.keys() >= {"hear_song", "track_beats", "create_notes", "preview_song"}
    assert (jobs["hear_song"] / "data/listener/rhythm.npz").exists()  # the sources came along
    assert not [key for key in elsewhere.bucket.listing() if "sources" in key]  # and are cleaned up


@pytest.mark.parametrize(
    ("settings", "arguments", "message"),
    [
        ({"songs": "data/songs"}, [], "songs: data/songs is a folder, but songs in s3://"),
        ({"songs": "data/none.txt"}, [], "songs: there is no list data/none.txt: `make list`"),
        ({"report": {"references": "data/refs"}}, [], "report.references: data/refs is a folder"),
        (
            {},
            ["--default-storage-prefix", "s3://<your bucket>"],
            "default-storage-prefix: s3://<your bucket>: put yours",
        ),
    ],
)
def test_what_cannot_be_is_one_line(elsewhere, settings, arguments, message):
    reference = elsewhere.path("data/refs/a.abc")
    reference.parent.mkdir(parents=True)
    reference.write_text("X:1\nK:C\nCDEF|\n")
    elsewhere.configure(**settings)
    printed = elsewhere.run(*arguments, code=1)
    errors = [line for line in printed.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert message in errors[0]
    assert "Traceback" not in printed


def test_the_demo_needs_no_list(elsewhere):
    elsewhere.configure(takes={"one": {"model": "lstm"}})
    demo = elsewhere.stale("--configfile", "data/demo.yaml")
    assert demo["compose_demo_song"] == demo["record_demo_song"] == demo["hear_song"] > 6


def test_a_sound_font_of_ones_own_is_looked_for_in_the_bucket(elsewhere):
    elsewhere.configure(render={"soundfont": "fonts/mine.sf2"})
    printed = elsewhere.run("--dry-run", code=1)
    assert f"s3://{elsewhere.bucket.name}/small/fonts/mine.sf2" in printed


def test_an_empty_list_is_one_line(elsewhere):
    elsewhere.path("data/songs.txt").write_text("# none yet\n")
    assert "Error: data/songs.txt lists no songs" in elsewhere.run(code=1)


def test_a_name_that_a_bucket_cannot_be_asked_for_is_a_bad_song(elsewhere):
    elsewhere.append("data/songs.txt", "data/songs/what #1?.mp3\n")
    assert elsewhere.stale()["hear_song"] == 3


def test_a_song_that_is_listed_but_not_in_the_bucket_is_named(elsewhere):
    elsewhere.append("data/songs.txt", "data/songs/gone.mid\n")
    printed = elsewhere.run("--dry-run", code=1)
    assert "data/songs/gone.mid" in printed


def test_a_list_gives_what_the_folder_gives(local, tmp_path):
    shutil.copytree(local.folder, tmp_path / "listed", symlinks=True)
    project = Project(tmp_path / "listed")
    library = project.path("workflow/scripts")
    subprocess.run(
        [sys.executable, "-m", "mathrock.songs.list_file", "data/songs"],
        cwd=project.folder,
        env=os.environ | {"PYTHONPATH": str(library)},
        check=True,
    )
    project.configure(songs="data/songs.txt")
    assert project.stale() == {"write_report": 1}  # which shows all settings
