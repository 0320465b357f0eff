"""Check that files which are passed on, not read, are whole, by the length that each states."""

import os
import re
from pathlib import Path
from typing import BinaryIO

from mathrock.files.damage import reading

NOTHING = b"nothing\n"  # the content of a sound or picture of nothing: no whole file is empty
HEAD = 1 << 12  # bytes, in which an mp3 states its length


def check_whole(path: str | Path) -> None:
    """Check a .wav, .mp3, .mid or .svg that another job wrote; `NOTHING` is whole as well.

    Raises:
        DamagedFile: the file is shorter or longer than it says, or of another kind.
    """
    with reading(path), Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not is_nothing(path) and _STATED[Path(path).suffix](file, size) != size:
            raise ValueError("the length is another than the file states")


def is_nothing(path: str | Path) -> bool:
    """Tell whether a file says that there was nothing to write into it."""
    with Path(path).open("rb") as file:
        return file.read(len(NOTHING) + 1) == NOTHING


def _length_of_wav(file: BinaryIO, size: int) -> int:
    head = file.read(12)
    return 8 + int.from_bytes(head[4:8], "little") if head[:4] == b"RIFF" else -1


def _length_of_mp3(file: BinaryIO, size: int) -> int:
    """Read the length that LAME writes into the first frame, which comes after the tag."""
    tag = file.read(10)
    begin = 0
    if tag[:3] == b"ID3":
        begin = 10 + sum(part << shift for part, shift in zip(tag[6:], (21, 14, 7, 0), strict=True))
    file.seek(begin)
    found = re.search(rb"(?:Xing|Info).{8}(.{4})", file.read(HEAD), re.DOTALL)
    return begin + int.from_bytes(found[1]) if found else -1


def _length_of_midi(file: BinaryIO, size: int) -> int:
    head = file.read(14)
    end, tracks = 14, int.from_bytes(head[10:12])
    for _ in range(tracks if head[:4] == b"MThd" else 0):
        file.seek(end)
        end += 8 + int.from_bytes(file.read(8)[4:])
    return end


def _length_of_svg(file: BinaryIO, size: int) -> int:
    file.seek(max(0, size - 16))
    return size if file.read().rstrip().endswith(b"</svg>") else -1


_STATED = {
    ".wav": _length_of_wav,
    ".mp3": _length_of_mp3,
    ".mid": _length_of_midi,
    ".svg": _length_of_svg,
}
