"""One run at a time in a folder, and what another that comes is told."""

import fcntl
import os

import pytest

from mathrock.jobs import run_lock


@pytest.fixture
def held(tmp_path, monkeypatch):
    """A folder that a run has taken."""
    monkeypatch.setattr(run_lock, "_held", None)
    assert run_lock.acquire(tmp_path) == []
    yield tmp_path
    run_lock._held.close()


def test_a_run_that_comes_second_is_told_at_once_who_is_first(held, monkeypatch, capsys):
    monkeypatch.setattr(run_lock.time, "sleep", None)  # what waits fails
    told = f"another run (process {os.getpid()}) is at work in this folder: wait for it or end it"
    with pytest.raises(run_lock.FolderInUse) as refused:
        run_lock.acquire(held)
    assert str(refused.value) == told
    run_lock.name_other_run(held)
    assert capsys.readouterr().err == f"If this failed: {told}\n"


def test_where_no_run_is_at_work_nobody_is_named(held, tmp_path, capsys):
    run_lock._held.close()
    run_lock.name_other_run(held)
    run_lock.name_other_run(tmp_path / "no-run-yet")
    assert capsys.readouterr().err == ""


def test_a_look_does_not_keep_a_run_from_starting(held, monkeypatch):
    run_lock._held.close()
    look = (held / ".snakemake/mathrock.lock").open()
    fcntl.flock(look, fcntl.LOCK_SH)
    monkeypatch.setattr(run_lock.time, "sleep", lambda _: look.close())  # it ends meanwhile
    assert run_lock.acquire(held) == []
    assert look.closed


def test_looks_without_end_end_the_patience(held, monkeypatch):
    run_lock._held.close()
    monkeypatch.setattr(run_lock, "PATIENCE", 0)
    with (held / ".snakemake/mathrock.lock").open() as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        with pytest.raises(run_lock.FolderInUse):
            run_lock.acquire(held)
