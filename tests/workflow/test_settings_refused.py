"""Settings that can't be read or done end a run with one line, before any job."""

import os
from itertools import pairwise

import psutil
import pytest

from dry_runs import dry_run
from mathrock.demo.math_rock import compose
from mathrock.formats.midi.writer import write_score


def refusal(project, *arguments):
    """The line with which a dry run ends that refuses its settings."""
    status, printed = dry_run(project.folder, ["--cores", "2", "--dry-run", *arguments])
    errors = [line for line in printed.splitlines() if line.startswith("Error: ")]
    assert status == 1, printed
    assert len(errors) == 1, printed
    assert "Traceback" not in printed
    assert "Job stats" not in printed
    return errors[0].removeprefix("Error: ")


BOMB = "\n".join(
    ["effects: {chains: {a: &a [x, x, x, x, x, x, x, x, x, x]"]
    + [f"  , {n}: &{n} [{', '.join([f'*{p}'] * 10)}]" for p, n in pairwise("abcdefgh")]
    + ["}}"]
)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"songs: data/songs\nsongs: more\n", "line 2: songs stands there twice, first in line 1"),
        ("songs: Lärm".encode("utf-16"), "seems to be UTF-16"),
        ("songs: Lärm".encode("latin-1"), "line 1: byte 0xe4 is not UTF-8"),
        (b"grid:\n\tkind: time\n", "line 2: begins with a tab"),
        (b"- songs\n", "must hold settings"),
        (BOMB.encode(), "line 5: more than 50,000 values, with what aliases repeat"),
        (b"#" * 600_000, "is larger than 500,000 bytes"),
    ],
)
def test_a_file_that_is_no_group_of_settings_is_named(empty_project, data, wanted):
    empty_project.path("config.yaml").write_bytes(data)
    assert refusal(empty_project).startswith(f"config.yaml: {wanted}")


def test_a_pipe_in_place_of_the_file_does_not_stop_the_run(empty_project):
    empty_project.path("config.yaml").unlink()
    os.mkfifo(empty_project.path("config.yaml"))
    assert refusal(empty_project).startswith("config.yaml: is a folder, a pipe or a device")


@pytest.mark.parametrize("text", ["grid: {kind: time}\ngrid: {kind: beat}\n", BOMB])
def test_another_file_of_settings_is_named_as_well(empty_project, text):
    empty_project.path("mine.yaml").write_text(text)
    assert refusal(empty_project, "--configfile", "mine.yaml").startswith("mine.yaml: line ")


@pytest.fixture
def huge(empty_project):
    """A project with a song, and a model that takes 267 GB to train."""
    write_score(empty_project.path("data/songs/a.mid"), compose("seven-lanterns"))
    huge = {"units": 8192, "layers": 16}
    empty_project.configure(models={"lstm": huge}, takes={"one": {"model": "lstm"}})
    return empty_project


@pytest.mark.skipif(psutil.virtual_memory().total > 250e9, reason="this machine could do it")
def test_a_model_that_no_memory_here_holds_is_refused(huge):
    line = refusal(huge)
    assert "models.lstm: 8192 units in 16 layers are 8,332,509,440 weights, about 267 GB" in line
    assert line.endswith("lower units or layers")


def test_where_jobs_may_run_on_larger_machines_only_what_none_can_do_is_refused(huge):
    assert huge.stale("--jobs", "2")["train_lstm"] == 1
