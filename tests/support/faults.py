"""Faults that tests really make: small disks that fill up."""

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress

import pytest

REQUIRED = os.environ.get("FAULT_TESTS") == "required"
MEGABYTE = 1_000_000


@contextmanager
def mounted_disk(folder, size):
    """In the block an empty disk of `size` bytes is mounted on `folder`.

    The test is skipped where nobody may mount one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        assert not REQUIRED, done.stderr
        pytest.skip(f"a small disk cannot be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of its own of 1 MB."""
    with mounted_disk(tmp_path / "disk", MEGABYTE) as disk:
        yield disk


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


def temporary_files(project):
    return [path for path in project.path("results").rglob(".*") if ".tmp" in path.name]
