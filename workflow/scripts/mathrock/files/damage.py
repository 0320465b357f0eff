"""Report a damaged artifact in one sentence: a file that a job wrote, and something else broke.

Artifacts are written whole, but a copy may break off, a sync client may empty a file, a crash may
leave zeros. Each kind of artifact tells its own end, which its reader checks: a table by its last
line, JSON by its last bracket, an .npz and a .keras by their zip directory and checksums, an .npy
and a sound by the length in their header. No whole artifact is empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DamagedFile(ValueError):
    """An artifact is not what a job wrote; the message names it and says what to do."""


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Report whatever goes wrong in the block that reads an artifact as damage of its file.

    Raises:
        DamagedFile: anything went wrong, but that the file is not there, may not be read, or does
            not fit into memory.
    """
    try:
        yield
    except (DamagedFile, FileNotFoundError, PermissionError, MemoryError):
        raise
    except Exception as error:
        raise DamagedFile(f"{path} is damaged or cut short: delete it and run again") from error
