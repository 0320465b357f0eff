"""A disk that fills up in the middle of a write, and results that can't be written."""

import contextlib
import os
import subprocess

import pytest

from after_faults import HEARD, LISTEN_ONCE, MIDI, assert_same_midi, errors, finish
from building import copied
from faults import filled, mounted_disk, temporary_files
from project import Project

LITTLE = 100_000  # bytes: logs and Snakemake's own books fit, artifacts don't
LEARNED = ["results/models/lstm/model.keras", "results/generated/lstm/one.mid"]
TRACK = "results/audio/lstm/one.wav"


@pytest.fixture
def small_project(built, tmp_path):
    """The built project on a disk of its own that has little room left."""
    used = sum(path.lstat().st_blocks * 512 for path in built.rglob("*"))
    with mounted_disk(tmp_path / "disk", used * 5 // 4) as disk:
        yield copied(built, disk / "project")


@pytest.mark.parametrize(
    ("rule", "targets", "lost"),
    [
        ("hear_song", HEARD, "results/activations/"),
        ("train_lstm", LEARNED, "results/models/lstm/checkpoints/"),
        ("render_take", [TRACK], "results/audio/lstm/one."),
    ],
)
def test_a_disk_that_fills_up_is_told_and_loses_nothing_else(
    small_project, built, start, rule, targets, lost
):
    project = small_project
    run = start(project, *targets, "--forcerun", rule)
    with contextlib.ExitStack() as disk:
        with run.job_stopped(rule):
            disk.enter_context(filled(project.folder, leaving=LITTLE))
        told = errors(run.end(code=1))
    assert any(
        line.startswith(f"Error: the disk is full: {lost}") and "free space and run again" in line
        for line in told
    )
    assert temporary_files(project) == []
    finish(project, *targets)
    assert_same_midi(project, built)
    assert project.bytes_of(TRACK) == Project(built).bytes_of(TRACK)


def test_a_disk_without_a_single_byte_left_needs_no_more_than_space(small_project, built, start):
    project = small_project
    run = start(project, *LISTEN_ONCE)
    with contextlib.ExitStack() as disk:
        with run.job_stopped("hear_song"):
            disk.enter_context(filled(project.folder, leaving=0))
        assert "Error: the disk is full" in run.end(code=1)
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_results_that_cant_be_written_are_told_in_a_line_before_any_job(project, built):
    results = project.path("results")
    before = {path: path.read_bytes() for pattern in MIDI for path in project.folder.glob(pattern)}
    subprocess.run(["chmod", "--recursive", "a-w", results], check=True)
    # Without its capabilities root may write no more than another user.
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    command = [*bare, *project.command(*HEARD, "--forcerun", "hear_song")]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    printed = done.stdout + done.stderr
    (line,) = errors(printed)
    assert line.startswith("Error: results can't be written: ")
    assert "Traceback" not in printed
    assert "Job stats" not in printed
    assert all(path.read_bytes() == content for path, content in before.items())
    subprocess.run(["chmod", "--recursive", "u+w", results], check=True)
    finish(project, *HEARD)
    assert_same_midi(project, built)
