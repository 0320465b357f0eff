"""Songs that vanish or change while a run goes on."""

import shutil
import threading

import pytest

from after_faults import HEARD, LISTEN, LISTEN_ONCE, SOENG, assert_same_midi, errors, finish

PLAIN = "data/songs/math rock/Söng #1's.MP3"
ODD = "data/songs/Paper & {planets}.wav"  # a name that Snakemake cannot track
MIDI_SONG = "data/songs/eleven.mid"


@pytest.mark.parametrize("song", [PLAIN, ODD])
def test_a_song_that_vanishes_before_its_job_is_named(project, built, start, song):
    run = start(project, *LISTEN, "prepare_listener", "--latency-wait", "1")
    with run.job_stopped("prepare_listener"):
        project.path(song).rename(project.path("elsewhere"))
    printed = run.end(code=1)
    assert any(
        line.startswith(f"Error: {song} is gone: put it back, or run again without it")
        for line in errors(printed)
    )
    if song == ODD:  # Snakemake ends a run in which an input is gone before its job begins
        assert printed.count("Encoding") == 1
    project.path("elsewhere").rename(project.path(song))
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_song_that_vanishes_as_its_job_begins_is_not_taken_for_bad(project, built, start):
    """It would stay bad, once it is back with its old date."""
    run = start(project, f"results/activations/{SOENG}.json", "--forcerun", "hear_song")
    with run.job_stopped("hear_song"):
        project.path(PLAIN).rename(project.path("elsewhere"))
    printed = run.end(code=1)
    assert errors(printed)
    for line in errors(printed):
        assert line.startswith(f"Error: {PLAIN} is gone: put it back, or run again without it")
    project.path("elsewhere").rename(project.path(PLAIN))
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_song_that_is_still_being_copied_is_heard_again(project, built, start):
    path = project.path(PLAIN)
    whole = path.read_bytes()
    half = len(whole) - len(whole) // 8
    path.write_bytes(whole[:half])
    over = threading.Event()

    def copy():
        with path.open("ab", buffering=0) as file:
            while not over.wait(0.01):
                file.write(whole[half : half + 10])

    copying = threading.Thread(target=copy)
    copying.start()
    try:
        printed = start(project, *LISTEN).end(code=1)
    finally:
        over.set()
        copying.join()
    path.write_bytes(whole)
    line = f"Error: {PLAIN} changed while it was read: run again when it is whole"
    assert any(error.startswith(line) for error in errors(printed))
    assert printed.count("Encoding") == 1
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_song_that_changes_after_it_was_heard_is_heard_again(project, built, start):
    run = start(project, *LISTEN_ONCE)
    with run.job_stopped("track_beats"):
        shutil.copy(project.path(MIDI_SONG), project.path("elsewhere"))
        shutil.copy(project.path("data/songs/math rock/seven.mid"), project.path(MIDI_SONG))
    run.end(code=0)
    assert project.stale(*HEARD)["import_score"] == 1
    shutil.copy(project.path("elsewhere"), project.path(MIDI_SONG))
    finish(project, *HEARD)
    assert_same_midi(project, built)
