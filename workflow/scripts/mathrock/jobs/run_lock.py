"""Let one run at a time work in a folder, whatever becomes of the run.

Snakemake's own lock is a file that outlives a kill -9 and then has to be removed by hand; this one
is held by the operating system for as long as the process lives, so it is never stale.
"""

import fcntl
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from mathrock.jobs import slurm

PATIENCE = 5  # seconds, where others look at the lock, which they share for a moment

_held = None


class FolderInUse(RuntimeError):
    """Another run is at work in the folder."""


def name_other_run(folder: str | Path) -> None:
    """Print which other run is at work in `folder`, when this run ends before it has the lock.

    Files that come and go while Snakemake looks at them may have ended this run with a riddle.
    """
    with suppress(OSError), _lock_file(folder).open() as file:  # there is none where none ever ran
        if not _lock(file, fcntl.LOCK_SH):
            print(f"If this failed: {_describe_holder(file)}", file=sys.stderr)


def acquire(folder: str | Path) -> list[str]:
    """Lock `folder` for the life of this process and end what a killed run left behind.

    Returns:
        A line for the user where jobs of a killed run were still going on.

    Raises:
        FolderInUse: another run holds the lock, or jobs of a killed one may go on.
    """
    global _held
    path = _lock_file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    end = time.monotonic() + PATIENCE
    while not _lock(file, fcntl.LOCK_EX):
        if not _lock(file, fcntl.LOCK_SH) or time.monotonic() > end:
            raise FolderInUse(_describe_holder(file))
        fcntl.flock(file, fcntl.LOCK_UN)
        time.sleep(0.05)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    _held = file
    try:
        submitted = slurm.end_jobs(folder)
    except slurm.SlurmError as error:
        raise FolderInUse(str(error)) from None
    orphans = _orphans(Path(folder).resolve())
    for orphan in orphans:
        orphan.kill()
    psutil.wait_procs(orphans, timeout=10)
    found = {"jobs": len(orphans), "jobs on Slurm": submitted}
    return [
        f"{count} {jobs} of a run that was killed were still at work: ended"
        for jobs, count in found.items()
        if count
    ]


def _lock_file(folder):
    return Path(folder, ".snakemake", "mathrock.lock")


def _lock(file, kind):
    """Try to lock a file at once; say whether it is locked."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _describe_holder(file):
    file.seek(0)
    number = file.read().strip()
    return f"another run (process {number}) is at work in this folder: wait for it or end it"


def _orphans(folder: Path) -> list[psutil.Process]:
    """Find scripts of this folder's workflow that run without a Snakemake above them."""
    scripts = f"{folder}/.snakemake/scripts/"
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        is_script = any(scripts in word for word in command)  # or a shell that is about to run it
        if is_script and not _has_snakemake_above(process):
            found.append(process)
    return found


def _has_snakemake_above(process: psutil.Process) -> bool:
    try:
        commands = [parent.cmdline()[:3] for parent in process.parents()]
    except psutil.Error:  # it has just ended, or is not ours
        return True
    return any(Path(word).name == "snakemake" for command in commands for word in command)
