"""End the jobs in Slurm's queue that outlived the run that submitted them.

snakemake-executor-plugin-slurm submits every job from the run's folder, under a name that ends with
the run's uuid. A run that is killed cannot cancel its jobs.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

# What the plug-in writes below a folder from which it submits.
LOGS = ".snakemake/slurm_logs"
NAME = re.compile(r"(.*_)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PATIENCE = 120  # seconds for jobs to end; Slurm itself gives them 30 before it kills


class SlurmError(RuntimeError):
    """Slurm does not answer, or a job does not end."""


def end_jobs(folder: str | Path) -> int:
    """Cancel the jobs that runs in `folder` submitted, and wait until none is at work.

    Returns:
        How many there were; none where nothing was ever submitted or there is no Slurm.

    Raises:
        SlurmError: jobs may still write into the folder.
    """
    if not Path(folder, LOGS).is_dir() or shutil.which("squeue") is None:
        return 0
    jobs = _jobs(folder)
    if jobs:
        _ask("scancel", *jobs)
    ends = time.monotonic() + PATIENCE
    while left := _jobs(folder):
        if time.monotonic() > ends:
            raise SlurmError(
                f"jobs of a run that was killed do not end: {' '.join(left)}; see squeue"
            )
        time.sleep(1)
    return len(jobs)


def _jobs(folder: str | Path) -> list[str]:
    """List the ids of the jobs that wait, run or are about to end."""
    lines = _ask("squeue", "--me", "--noheader", "--format=%i|%j|%Z").splitlines()
    jobs = [line.split("|", 2) for line in lines]
    here = Path(folder).resolve()
    return [job for job, name, place in jobs if NAME.fullmatch(name) and Path(place) == here]


def _ask(*command: str) -> str:
    """Run a command of Slurm and return what it prints."""
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.CalledProcessError as error:
        why = " ".join(error.stderr.split())
    except subprocess.TimeoutExpired:
        why = f"no answer within {PATIENCE} s"
    else:
        return done.stdout
    raise SlurmError(
        f"jobs of a run that was killed may still be at work, but Slurm can't be asked: {why}"
    )
