"""Killed, ended and interrupted: Snakemake itself and its scripts, alone or both."""

import shutil
import signal

import pytest
from after_faults import HEARD, LISTEN, PAPER, SOENG, assert_same_midi, errors, finish

from faults import Run
from project import Project

TAKE = "results/generated/lstm/one.mid"
MUSIC = ("results/models/lstm/model.keras", TAKE)  # the first is named, too: see `rule all`
LEARN = (*MUSIC, "--forcerun", "train_lstm")


@pytest.fixture(scope="module")
def learned(built, tmp_path_factory):
    """The project with a training of many epochs that nothing disturbed."""
    folder = tmp_path_factory.mktemp("learned") / "project"
    shutil.copytree(built, folder, symlinks=True)
    project = Project(folder)
    project.configure(models={"lstm": {"units": 8, "epochs": 40, "patience": 40, "batch": 1}})
    project.run(*MUSIC)
    return project


def kill_snakemake(run, _job):
    run.signal(signal.SIGKILL)
    run.process.wait()


def kill_training(run, job):
    job.kill()
    printed = run.end(code=1)
    assert any("Error: train_lstm ended without a word" in line for line in errors(printed))
    assert "run again, with fewer --cores" in printed


def interrupt(run, _job):
    run.interrupt()
    assert "Error: interrupted: run again to go on" in run.end(code=1)


@pytest.mark.parametrize("fault", [kill_snakemake, kill_training, interrupt])
def test_a_training_goes_on_from_its_last_epoch_to_the_same_music(learned, tmp_path, fault):
    shutil.copytree(learned.folder, tmp_path / "project", symlinks=True)
    project = Project(tmp_path / "project")
    history = project.path("results/models/lstm/checkpoints/history.csv")
    run = Run(project, *LEARN)
    run.wait_until(lambda: history.exists() and len(history.read_text().split()) > 3)
    fault(run, run.job("train_lstm"))
    printed = project.run(*MUSIC)
    assert ("still at work: ended" in printed) == (fault is kill_snakemake)
    assert "lstm: going on after epoch" in printed
    losses = []
    for made in (project, learned):
        epochs = made.path("results/models/lstm/history.csv").read_text().splitlines()
        losses.append([epoch.split(",")[:3] for epoch in epochs])
    assert losses[0] == losses[1]
    assert project.bytes_of(TAKE) == learned.bytes_of(TAKE)
    assert project.stale(*MUSIC) == {}
    assert not history.exists()


def test_a_run_killed_while_it_hears_songs_just_runs_again(project, built):
    run = Run(project, *LISTEN)
    with run.job_stopped("hear_song"):
        run.signal(signal.SIGKILL)
        run.process.wait()
        assert "still at work: ended" in finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_song_whose_job_is_killed_is_named_and_the_others_go_on(project, built):
    run = Run(project, *LISTEN, "--cores", "1")
    with run.job_stopped("hear_song") as job:
        job.kill()
    printed = run.end(code=1)
    heard = {path.stem for path in project.path("results/activations").glob("*.npz")}
    (lost,) = {PAPER, SOENG} - heard
    (line,) = errors(printed)
    assert line.startswith(f"Error: hear_song {lost} ended without a word")
    assert f"(see results/logs/hear_song/{lost}.log)" in line
    assert printed.count("Encoding") == 1  # the other song
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_run_that_is_told_to_end_finishes_its_jobs_and_the_next_goes_on(project, built):
    project.append("workflow/scripts/mathrock/activations.py", "\n# a line\n")
    run = Run(project, *HEARD, "--cores", "1")
    with run.job_stopped("hear_song"):
        run.signal(signal.SIGTERM)
    assert "after finishing currently running jobs" in run.end(code=1)
    assert "Listening" in finish(project, *HEARD)  # to the other song
    assert_same_midi(project, built)


def test_two_runs_at_once_are_refused_and_the_first_is_not_disturbed(project, built):
    run = Run(project, *LISTEN)
    with run.job_stopped("hear_song"):
        refused = project.run(*LISTEN, code=1)
        assert "is at work in this folder: wait for it or end it" in refused
        assert project.stale(*HEARD)  # a look is free
    assert errors(run.end(code=0)) == []
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_of_two_runs_that_start_together_one_is_refused(project, built):
    runs = [Run(project, *LISTEN, output=f"run-{number}.txt") for number in (1, 2)]
    codes = [run.process.wait() for run in runs]
    assert sorted(codes) == [0, 1]
    assert "wait for it or end it" in runs[codes.index(1)].printed
    finish(project, *HEARD)
    assert_same_midi(project, built)
