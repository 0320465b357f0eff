"""A clock that was set back: what is from the future must not decide what is up to date."""

import os
import time

from after_faults import HEARD, assert_same_midi, errors, finish
from mathrock.demo.math_rock import compose
from mathrock.formats.midi.writer import write_score

HOURS = 3 * 3600  # seconds
SONG = "data/songs/eleven.mid"


def set_clock_back(project):
    """Everything in the project is as if it had been made by a clock that was ahead."""
    for path in project.folder.rglob("*"):
        date = path.lstat().st_mtime + HOURS
        os.utime(path, (date, date), follow_symlinks=False)


def test_nothing_is_made_again_and_nothing_is_missed(project, built):
    set_clock_back(project)
    assert project.stale() == {}
    before = project.path(SONG).read_bytes()
    write_score(project.path(SONG), compose("folding-bicycle"))
    project.append("workflow/scripts/encode_roll.py", "\nLINE = 1\n")
    stale = project.stale(*HEARD)
    assert stale == {"import_score": 1, "encode_roll": 4, "list_songs": 1}
    project.run(*HEARD)
    assert project.stale(*HEARD) == {}
    project.path(SONG).write_bytes(before)
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_song_from_the_future_is_named_until_it_is_touched(project, built):
    song = project.path(SONG)
    os.utime(song, (time.time() + HOURS, time.time() + HOURS))
    assert project.stale() == {}
    printed = project.run(*HEARD, "--forcerun", "import_score", code=1)
    (line,) = errors(printed)[-1:]
    assert line.startswith(f"Error: {SONG} is dated in the future, ")
    assert "`touch` it, run again" in line
    assert printed.count("Encoding") == 1  # the other song
    os.utime(song)
    finish(project, *HEARD)
    assert_same_midi(project, built)


def test_a_failure_is_told_whatever_the_clock_does(project, start):
    run = start(project, *HEARD, "--forcerun", "list_songs")
    with run.job_stopped("list_songs") as job:
        log = project.path("results/logs/list_songs.log")
        log.touch()
        os.utime(log, (1e9, 1e9))
        job.kill()
    assert "Error: list_songs ended without a word" in run.end(code=1)
