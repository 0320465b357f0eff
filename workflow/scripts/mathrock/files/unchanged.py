"""Check that a song's file stays as it is while a job works on it.

Snakemake records what an input is like after the job: what a job made of half a file, while it
was still being copied, would pass for made of the whole.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

SKEW = 60  # seconds that the clocks of two machines may differ by


class FileChanged(ValueError):
    """The file is not what it was, and its job's outputs must not stay; the message names it."""


@contextmanager
def unchanged(song: dict, file: str | Path | None = None) -> Iterator[None]:
    """Check that a song's file is the same before and after the block that reads it.

    Args:
        song: fields of `mathrock.songs.song.Song`; one with a problem is not read at all.
        file: where it is read, if not at its path, as a copy of what is in a bucket.

    Raises:
        FileChanged: it is gone, or is another at the end of the block; or it is dated in the
            future, and Snakemake would take every output for older.
    """
    file = Path(file or song["path"])
    before = _look(song, file)
    yield
    if _look(song, file) != before:
        raise FileChanged(f"{song['path']} changed while it was read: run again when it is whole")


def _look(song: dict, file: Path) -> tuple | None:
    if song["problem"]:
        return None
    try:
        found = file.stat()
    except FileNotFoundError:
        raise FileChanged(f"{song['path']} is gone: put it back, or run again without it") from None
    if found.st_mtime > time.time() + SKEW:
        date = datetime.fromtimestamp(found.st_mtime).isoformat(" ", "minutes")
        raise FileChanged(f"{song['path']} is dated in the future, {date}: `touch` it, run again")
    return found.st_ino, found.st_size, found.st_mtime_ns
