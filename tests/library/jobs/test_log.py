import os
import subprocess
import sys
from pathlib import Path

import pytest

from mathrock.jobs.log import failures

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"


@pytest.fixture
def run_job(tmp_path):
    def run(*lines, before=""):
        start = [before, "from mathrock.jobs.log import log_to, log_line", "log_to('logs/a.log')"]
        script = "\n".join([*start, *lines])
        environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
        job = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert job.stdout == ""
        return job.returncode, job.stderr, (tmp_path / "logs/a.log").read_text()

    return run


def test_what_is_printed_goes_to_the_log_only(run_job):
    code, terminal, log = run_job("import sys, os", "print('a'); print('b', file=sys.stderr)")
    assert (code, terminal, log) == (0, "", "a\nb\n")


def test_what_other_programs_print_goes_to_the_log(run_job):
    assert run_job("import os", "os.system('echo from C')")[1:] == ("", "from C\n")


def test_telling_goes_to_both(run_job):
    assert run_job("log_line('half done')") == (0, "half done\n", "half done\n")


def test_a_failure_is_one_line_for_the_terminal_and_a_trace_for_the_log(run_job):
    code, terminal, log = run_job("raise KeyError('lines', 2)")
    assert code == 1
    assert terminal.splitlines()[0] == "Error: KeyError: ('lines', 2)"
    assert "Traceback" not in terminal
    assert "Traceback" in log


def test_a_reason_in_words_stands_alone(run_job):
    _, terminal, _ = run_job("raise ValueError('too little\\n  music')")
    assert terminal.splitlines()[0] == "Error: too little music"


def test_a_log_begins_anew(run_job):
    run_job("print('old')")
    assert run_job("print('new')")[2] == "new\n"


def test_a_failed_job_gives_its_own_reason(run_job, tmp_path):
    run_job("raise ValueError('no songs')")
    log = str(tmp_path / "logs/a.log")
    assert failures({log: "list_songs"}) == [f"Error: no songs (see {log})"]


def test_a_killed_job_is_named_with_what_to_do(run_job, tmp_path):
    code, terminal, _ = run_job("print('half')", "os.kill(os.getpid(), 9)", before="import os")
    assert (code, terminal) == (-9, "")
    (line,) = failures({str(tmp_path / "logs/a.log"): "hear_song a-1"})
    assert line.startswith("Error: hear_song a-1 ended without a word")
    assert "memory: run again, with fewer --cores" in line


def test_a_job_that_has_not_begun_has_not_failed(tmp_path):
    assert failures({str(tmp_path / "none.log"): "list_songs"}) == []


def test_an_interrupted_job_and_a_full_disk_are_told_in_words(run_job):
    assert run_job("raise KeyboardInterrupt")[1] == "Error: interrupted: run again to go on\n"
    full = run_job("raise OSError(errno.ENOSPC, 'No space left')", before="import errno")[1]
    assert full == "Error: the disk is full: free space and run again\n"


def test_the_terminal_hears_the_reason_where_the_log_takes_nothing(run_job):
    full = "os.dup2(os.open('/dev/full', os.O_WRONLY), 1); os.dup2(1, 2)"
    log = "sys.stdout = sys.stderr = os.fdopen(1, 'w', buffering=1)"
    terminal = run_job(full, log, "raise ValueError('why')", before="import os, sys")[1]
    assert terminal == "Error: why\n"
