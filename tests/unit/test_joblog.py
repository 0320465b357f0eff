import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mathrock.joblog import failures_since

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"


@pytest.fixture
def run_job(tmp_path):
    def run(*lines):
        script = "\n".join(
            ["from mathrock.joblog import log_to, tell", "log_to('logs/a.log')", *lines]
        )
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
    assert run_job("tell('half done')") == (0, "half done\n", "half done\n")


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


def test_failures_are_found_among_the_logs(run_job, tmp_path):
    run_job("raise ValueError('no songs')")
    (tmp_path / "logs" / "fine.log").write_text("done\n")
    (tmp_path / "logs" / "empty.log").write_text("")
    (line,) = failures_since(tmp_path, 0)
    assert line == f"Error: no songs (see {tmp_path / 'logs/a.log'})"
    assert failures_since(tmp_path, time.time() + 60) == []
