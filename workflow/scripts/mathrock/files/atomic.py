"""Write a file whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEAST_FREE = 1 << 16  # bytes: with less the disk is full


class DiskFull(OSError):
    """A file could not be written for want of space; the message says which and what to do."""


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it onto `path` only if the block succeeds.

    The temporary file keeps the suffix, because many writers choose the format by it, and starts
    with a dot, so that no listing takes what a kill -9 left behind for an artifact.

    Raises:
        DiskFull: whatever error the writer made of it, or none: some swallow it, and their file
            would be taken for whole.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        yield temporary
        if is_full(path.parent):
            raise _no_space(path)
        temporary.replace(path)
    except Exception as error:
        if is_full(path.parent, error) and not isinstance(error, DiskFull):
            raise _no_space(path) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sweep(folder: str | Path) -> None:
    """Remove the temporary files that killed writers left anywhere below `folder`."""
    for place, _, files in os.walk(folder):
        for name in files:
            if name.startswith(".") and ".tmp" in name:
                Path(place, name).unlink(missing_ok=True)


def is_full(folder: str | Path, error: Exception | None = None) -> bool:
    """Tell whether there is no space below `folder`, or `error` says that there is none."""
    said = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    return said or shutil.disk_usage(folder).free < LEAST_FREE


def _no_space(path: Path) -> DiskFull:
    return DiskFull(f"the disk is full: {path} was not written; free space and run again")
