"""A Slurm for each test, one at a time: a node that a test takes down bothers no other."""

import fcntl
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

import loopback
from project import Project

REQUIRED = "SLURM_TESTS"  # where this variable is "required", no Slurm is a failure


@pytest.fixture
def start_slurm(tmp_path, clusters):
    """Start Slurm, once no other test has one: `with start_slurm() as slurm`."""

    @contextmanager
    def started():
        with Path(tempfile.gettempdir(), "mathrock-slurm-tests.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if reason := loopback.why_not():
                told = f"the workflow was not tried on Slurm: {reason}"
                if os.environ.get(REQUIRED) == "required":
                    pytest.fail(told)
                pytest.skip(told)
            with loopback.Loopback(tmp_path / "slurm") as cluster:
                yield cluster

    return started


@pytest.fixture
def slurm(start_slurm):
    """Slurm, started for this test."""
    with start_slurm() as cluster:
        yield cluster


@pytest.fixture
def cluster_project(slurm, project):
    """A copy of the built project that runs on Slurm."""
    return Project(project.folder, *loopback.PROFILE)
