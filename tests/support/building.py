"""Fixtures: the small project is run once for all tests; each test gets a copy of it to change."""

import fcntl
import shutil

import pytest

from project import Project, make_project, make_songs


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """A folder that is made once for all workers of the session: `once(name, make)`.

    The worker that comes first calls make(folder) while the others wait for it.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def made(name, make):
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what a worker that failed left
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def built(once):
    """The project after its first run."""

    def build(folder):
        project = make_project(folder)
        make_songs(folder / "data/songs")
        (folder / "output.txt").write_text(project.run())

    return once("built-project", build)


def copied(project, folder):
    """A copy of a project's folder, metadata included."""
    shutil.copytree(project, folder, symlinks=True)
    return Project(folder)


@pytest.fixture
def project(built, tmp_path):
    """A copy of the built project that a test may change."""
    return copied(built, tmp_path / "project")


@pytest.fixture
def empty_project(tmp_path):
    """The project without songs and results."""
    project = make_project(tmp_path / "project")
    project.path("data/songs").mkdir(parents=True)
    return project
