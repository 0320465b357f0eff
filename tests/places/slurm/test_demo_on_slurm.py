"""The demo, all its songs and takes, on two nodes and on this machine alone."""

import os
import shutil
import time

import yaml

from loopback import PROFILE
from project import Project, copy_workflow

# All songs and all takes, but small models that know little, short takes, few songs on the page.
SMALL = {"epochs": 1, "units": 8}
SHORT = {
    "models": {
        "chords": {**SMALL, "depth": 1},
        "lstm": SMALL,
        "vae": {**SMALL, "latent": 6, "width": 8, "channels": 4},
    },
    "sequences": {"hop_seconds": 8},
    "generate": {"seconds": 8},
    "report": {"songs": 2},
}
TRACKS = "results/generated/*/*.mid"
SAME = ("results/midi/*.mid", "results/rolls/*.npy", "results/generated/*/*.npy")


def make_demo(folder, *where):
    """The project as it is checked out, to run the short demo in."""
    copy_workflow(folder)
    (folder / "short.yaml").write_text(yaml.safe_dump(SHORT))
    return Project(folder, *where, "--configfile", "data/demo.yaml", "short.yaml")


def test_the_demo_makes_the_same_midi_on_slurm_as_on_one_machine(start_slurm, tmp_path):
    there = make_demo(tmp_path / "there", *PROFILE)
    with start_slurm() as slurm:  # other tests have theirs while this goes on without
        there.run()
        assert_grouped(slurm)
        assert_nothing_to_do(there)
    here = make_demo(tmp_path / "here", "--cores", "2")
    # The recordings are the same, and what comes after the MIDI is not compared.
    shutil.copytree(there.path("data/demo"), here.path("data/demo"), dirs_exist_ok=True)
    tracks = [str(path.relative_to(there.folder)) for path in there.folder.glob(TRACKS)]
    here.run("--nolock", *tracks)
    for pattern in (TRACKS, *SAME):
        names = {path.relative_to(here.folder) for path in here.folder.glob(pattern)}
        assert names
        assert names == {path.relative_to(there.folder) for path in there.folder.glob(pattern)}
        for name in names:
            assert here.path(name).read_bytes() == there.path(name).read_bytes(), name


def assert_nothing_to_do(project):
    assert project.stale() == {}
    song = next(project.folder.glob("data/demo/*/*.mp3"))
    assert song.stat().st_size > 1_000_000
    os.utime(song, (time.time() + 5, time.time() + 5))
    assert project.stale() == {}, "an equal recording that was touched counts as changed"


def assert_grouped(slurm):
    """171 jobs were a dozen submissions, and both nodes were at work."""
    jobs = slurm.jobs()
    assert {job["state"] for job in jobs} == {"COMPLETED"}
    assert {job["node"] for job in jobs} == {"n1", "n2"}
    assert len(jobs) <= 12
