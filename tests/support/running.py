"""Runs of Snakemake of which nothing is left at work, however a test ends."""

import os
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress

import psutil
import pytest

PATIENCE = 300  # seconds, for a step of a run
LIMIT = 1500  # seconds, for a whole run


def wait_until(condition, run=None):
    """What `condition` gives once it is true; the process `run` must not end before."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert run is None or run.poll() is None, "the run ended before its time"
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


class Run:
    """A run of Snakemake that goes on while the test does something to it.

    It is a context: at its end the run is killed, with all its jobs, if it is still at work.
    """

    def __init__(self, project, *arguments):
        self._scripts = f"{project.folder.resolve()}/.snakemake/scripts/"
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by __exit__)
        self.process = subprocess.Popen(
            project.command(*arguments),
            cwd=project.folder,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, in which its jobs are, too
            # Ctrl-C reaches it even where the tests run in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with suppress(ProcessLookupError):  # nothing is left of it
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._output.close()

    @property
    def printed(self):
        # Read at a place: the run writes where this file stands.
        size = os.fstat(self._output.fileno()).st_size
        return os.pread(self._output.fileno(), size, 0).decode()

    def wait_until(self, condition):
        """What `condition` gives once it is true; the run must not end before."""
        return wait_until(condition, self.process)

    def job(self, rule):
        """The process of a job of this rule, as soon as there is one."""

        def is_script(word):  # not the shell that is about to become it
            return word.startswith(self._scripts) and word.endswith(f".{rule}.py")

        def find():
            for process in psutil.Process(self.process.pid).children(recursive=True):
                if any(map(is_script, command(process))):
                    return process
            return None

        return self.wait_until(find)

    @contextmanager
    def job_stopped(self, rule, once=lambda: True):
        """In the block a job of this rule has begun, and once has come true; it stands still."""
        job = self.job(rule)
        self.wait_until(once)
        job.suspend()
        try:
            yield job
        finally:
            with suppress(psutil.NoSuchProcess):
                job.resume()

    def signal(self, number):
        """Send a signal to Snakemake alone."""
        os.kill(self.process.pid, number)

    def kill(self):
        """Kill Snakemake alone, as the kernel does."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def interrupt(self):
        """Ctrl-C, which reaches Snakemake and its jobs."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, code=0):
        """Wait for the end; all that was printed."""
        try:
            found = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            pytest.fail(f"the run is still at work after {LIMIT} s:\n{self.printed}")
        assert found == code, self.printed
        return self.printed


@pytest.fixture
def start():
    """Start runs: `start(project, *arguments)`. None is left when the test ends."""
    with ExitStack() as runs:
        yield lambda *arguments: runs.enter_context(Run(*arguments))


def command(process):
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []
