"""Fixtures: the small project is run once for all tests; each test gets a copy of it to change."""

import fcntl
import shutil

import pytest

from project import Project, make_project, make_songs


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id):
    """The project after its first run; workers of one session share it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder = shared / "built-project"
    with (shared / "built-project.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "results/takes.tsv").exists():
            shutil.rmtree(folder, ignore_errors=True)
            project = make_project(folder)
            make_songs(folder / "data/songs")
            (folder / "output.txt").write_text(project.run())
    return folder


@pytest.fixture
def project(built, tmp_path):
    """A copy of the built project, metadata included, that a test may change."""
    shutil.copytree(built, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


@pytest.fixture
def empty_project(tmp_path):
    """The project without songs and results."""
    project = make_project(tmp_path / "project")
    project.path("data/songs").mkdir(parents=True)
    return project
