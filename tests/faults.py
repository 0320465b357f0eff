"""Faults that tests really make: small disks, killed processes, jobs that stand still."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import psutil
import pytest

REQUIRED = os.environ.get("FAULT_TESTS") == "required"
MEGABYTE = 1_000_000
PATIENCE = 120  # seconds


def mount_small_disk(folder, size):
    """Mount an empty disk of `size` bytes on `folder`; the test is skipped where nobody may."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        assert not REQUIRED, done.stderr
        pytest.skip(f"a small disk cannot be mounted: {done.stderr.strip()}")


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of its own of 1 MB."""
    mount_small_disk(tmp_path / "disk", MEGABYTE)
    yield tmp_path / "disk"
    unmount(tmp_path / "disk")


@contextmanager
def filled(folder, leaving):
    """Within the block the disk of `folder` has only `leaving` bytes free."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for _ in range(100):  # a disk keeps books of a file, too
            missing = shutil.disk_usage(folder).free - leaving
            if missing <= 0:
                break
            with suppress(OSError):  # not all that is free is for what is in files
                file.write(bytes(missing))
    try:
        yield
    finally:
        filler.unlink()


def wait_until(condition, run=None):
    """What `condition` gives once it is true; `run` must not end before."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert run is None or run.poll() is None, "the run ended before its time"
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


class Run:
    """A run of Snakemake that goes on while the test does something to it."""

    def __init__(self, project, *arguments, output="run.txt"):
        self._output = project.path(output)
        with self._output.open("w") as file:
            self.process = subprocess.Popen(
                project.command(*arguments),
                cwd=project.folder,
                stdout=file,
                stderr=file,
                start_new_session=True,
                # Ctrl-C reaches it even where the tests run in the background.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    @property
    def printed(self):
        return self._output.read_text()

    def wait_until(self, condition):
        """What `condition` gives once it is true; the run must not end before."""
        return wait_until(condition, self.process)

    def job(self, rule):
        """The process of a job of this rule, as soon as there is one."""

        def find():
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with_script = [word for word in command(process) if word.endswith(f".{rule}.py")]
                if with_script:
                    return process
            return None

        return self.wait_until(find)

    @contextmanager
    def job_stopped(self, rule):
        """In the block a job of this rule has begun and stands still."""
        job = self.job(rule)
        job.suspend()
        try:
            yield job
        finally:
            with suppress(psutil.NoSuchProcess):
                job.resume()

    def signal(self, number):
        """Send a signal to Snakemake alone."""
        os.kill(self.process.pid, number)

    def interrupt(self):
        """Ctrl-C, which reaches Snakemake and its jobs."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, code):
        """Wait for the end; all that was printed."""
        assert self.process.wait(PATIENCE) == code, self.printed
        return self.printed


def command(process):
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def temporary_files(project):
    return [path for path in project.path("results").rglob(".*") if ".tmp" in path.name]
