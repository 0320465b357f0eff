"""Killed, ended and interrupted: Snakemake itself and its scripts, alone or both."""

import signal
from contextlib import suppress

import pytest

from after_faults import HEARD, LISTEN, LISTEN_ONCE, PAPER, SOENG, assert_same_midi, errors, finish
from building import copied
from project import Project
from running import LIMIT

TAKE = "results/generated/lstm/one.mid"
MUSIC = ("results/models/lstm/model.keras", TAKE)  # the first is named, too: see `rule all`
LEARN = (*MUSIC, "--forcerun", "train_lstm")


@pytest.fixture(scope="module")
def learned(built, once):
    """The project with a training of many epochs that nothing disturbed."""

    def learn(folder):
        project = copied(built, folder)
        project.configure(models={"lstm": {"units": 8, "epochs": 40, "patience": 40, "batch": 1}})
        project.run(*MUSIC)

    return Project(once("learned-project", learn))


def epochs(history):
    """How many epochs a history in the making has; the training ends with its removal."""
    with suppress(FileNotFoundError):
        return len(history.read_text().split()) - 1
    return 0


def kill_snakemake(project, run, _job):
    run.kill()
    return project.run(*MUSIC)  # while the job stands still


def kill_training(project, run, job):
    job.kill()
    printed = run.end(code=1)
    assert any("Error: train_lstm ended without a word" in line for line in errors(printed))
    assert "run again, with fewer --cores" in printed
    return project.run(*MUSIC)


def interrupt(project, run, job):
    run.interrupt()
    job.resume()  # to be interrupted
    assert "Error: interrupted: run again to go on" in run.end(code=1)
    return project.run(*MUSIC)


@pytest.mark.parametrize("fault", [kill_snakemake, kill_training, interrupt])
def test_a_training_goes_on_from_its_last_epoch_to_the_same_music(learned, tmp_path, start, fault):
    project = copied(learned.folder, tmp_path / "project")
    history = project.path("results/models/lstm/checkpoints/history.csv")
    run = start(project, *LEARN)
    with run.job_stopped("train_lstm", once=lambda: epochs(history) > 2) as job:
        printed = fault(project, run, job)
    assert ("still at work: ended" in printed) == (fault is kill_snakemake)
    assert "lstm: going on after epoch" in printed
    losses = []
    for made in (project, learned):
        lines = made.path("results/models/lstm/history.csv").read_text().splitlines()
        losses.append([line.split(",")[:3] for line in lines])
    assert losses[0] == losses[1]
    assert project.bytes_of(TAKE) == learned.bytes_of(TAKE)
    assert project.stale(*MUSIC) == {}
    assert not history.exists()


def test_a_run_killed_while_it_hears_songs_just_runs_again(project, built, start):
    run = start(project, *LISTEN_ONCE)
    with run.job_stopped("hear_song"):
        run.kill()
        assert "still at work: ended" in finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_song_whose_job_is_killed_is_named_and_the_others_go_on(project, built, start):
    run = start(project, *LISTEN, "--cores", "1")
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


def test_a_run_that_is_told_to_end_finishes_its_jobs_and_the_next_goes_on(project, built, start):
    project.append("workflow/scripts/mathrock/transcription/basic_pitch.py", "\nLINE = 1\n")
    run = start(project, *HEARD, "--cores", "1")
    with run.job_stopped("hear_song"):
        run.signal(signal.SIGTERM)
    assert "after finishing currently running jobs" in run.end(code=1)
    assert "Listening" in finish(project, *HEARD)  # to the other song
    assert_same_midi(project, built)


def test_two_runs_at_once_are_refused_and_the_first_is_not_disturbed(project, built, start):
    run = start(project, *LISTEN_ONCE)
    with run.job_stopped("hear_song"):
        refused = project.run(*LISTEN_ONCE, code=1)
        assert "is at work in this folder: wait for it or end it" in refused
        assert project.stale(*HEARD)  # a look is free
        riddle = project.run("results/moved-away-meanwhile", code=1)
        assert "is at work in this folder: wait for it or end it" in riddle.splitlines()[-1]
    assert errors(run.end(code=0)) == []
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_of_two_runs_that_start_together_one_is_refused(project, built, start):
    runs = [start(project, *LISTEN_ONCE) for _ in range(2)]
    codes = [run.process.wait(LIMIT) for run in runs]
    assert sorted(codes) == [0, 1]
    assert "wait for it or end it" in runs[codes.index(1)].printed
    finish(project, *HEARD)
    assert_same_midi(project, built)
