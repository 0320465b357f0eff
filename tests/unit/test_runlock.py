"""One run at a time in a folder, and what another that comes is told."""

import fcntl
import os

import pytest

from mathrock import runlock


@pytest.fixture
def held(tmp_path, monkeypatch):
    """A folder that a run has taken."""
    monkeypatch.setattr(runlock, "_held", None)
    assert runlock.hold(tmp_path) == []
    yield tmp_path
    runlock._held.close()


def test_a_run_that_comes_second_is_told_at_once_who_is_first(held, monkeypatch, capsys):
    monkeypatch.setattr(runlock.time, "sleep", None)  # what waits fails
    told = f"another run (process {os.getpid()}) is at work in this folder: wait for it or end it"
    with pytest.raises(runlock.FolderInUse) as refused:
        runlock.hold(held)
    assert str(refused.value) == told
    runlock.name_other_run(held)
    assert capsys.readouterr().err == f"If this failed: {told}\n"


def test_where_no_run_is_at_work_nobody_is_named(held, tmp_path, capsys):
    runlock._held.close()
    runlock.name_other_run(held)
    runlock.name_other_run(tmp_path / "no-run-yet")
    assert capsys.readouterr().err == ""


def test_a_look_does_not_keep_a_run_from_starting(held, monkeypatch):
    runlock._held.close()
    look = (held / ".snakemake/mathrock.lock").open()
    fcntl.flock(look, fcntl.LOCK_SH)
    monkeypatch.setattr(runlock.time, "sleep", lambda _: look.close())  # it ends meanwhile
    assert runlock.hold(held) == []
    assert look.closed


def test_looks_without_end_end_the_patience(held, monkeypatch):
    runlock._held.close()
    monkeypatch.setattr(runlock, "PATIENCE", 0)
    with (held / ".snakemake/mathrock.lock").open() as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        with pytest.raises(runlock.FolderInUse):
            runlock.hold(held)
