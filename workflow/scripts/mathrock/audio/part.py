"""Read stretches of a file as if they were a file."""

import io
from collections.abc import Sequence
from typing import BinaryIO


class Part(io.RawIOBase):
    """Some bytes and then stretches of a file, as a file with a position of its own.

    Args:
        file: a file that only parts read.
        stretches: begin and end of each, in bytes.
        head: what comes before the stretches.
    """

    def __init__(self, file: BinaryIO, stretches: Sequence[tuple[int, int]], head: bytes = b""):
        self._file, self._stretches, self._head = file, stretches, head
        self.size = len(head) + sum(end - start for start, end in stretches)
        self.name = file.name
        self._at = 0

    @property
    def is_whole(self) -> bool:
        """Say whether the part is the file as it is."""
        return self.size == self._file.seek(0, 2) and not self._head

    def twin(self, head: bytes = b"", skip: int = 0) -> "Part":
        """Make the same part with a position of its own, with another head for `skip` bytes."""
        return Part(self, [(skip, self.size)], head)

    def readable(self) -> bool:
        """Say that the part can be read."""
        return True

    def seekable(self) -> bool:
        """Say that the part has a position."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a position, from the beginning, from the current one or from the end."""
        self._at = max(0, offset + (0, self._at, self.size)[whence])
        return self._at

    def readinto(self, buffer) -> int:
        """Read into a buffer, at most to the end of a stretch; return the number of bytes."""
        data = self._head[self._at :][: len(buffer)]
        at = self._at - len(self._head)
        for start, end in self._stretches:
            if not data and 0 <= at < end - start:
                self._file.seek(start + at)
                data = self._file.read(min(len(buffer), end - start - at))
            at -= end - start
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
