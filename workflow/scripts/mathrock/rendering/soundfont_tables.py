"""Read the tables of a SoundFont, of which nothing is believed before it has been looked at.

The format is that of the SoundFont Technical Specification 2.04: a RIFF file with the samples in
one chunk and nine tables of records in others. An sf3 has samples in Ogg Vorbis.
"""

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

MOST_CHUNKS = 1000  # in one list
_BAG = [("gen", "<u2"), ("mod", "<u2")]
_MOD = [("rest", "V10")]
_GEN = [("kind", "<u2"), ("amount", "<u2")]
RECORDS = {
    name: np.dtype(fields)
    for name, fields in {
        "phdr": [
            ("name", "V20"),
            ("program", "<u2"),
            ("bank", "<u2"),
            ("bag", "<u2"),
            ("x", "V12"),
        ],
        "pbag": _BAG,
        "pmod": _MOD,
        "pgen": _GEN,
        "inst": [("name", "V20"), ("bag", "<u2")],
        "ibag": _BAG,
        "imod": _MOD,
        "igen": _GEN,
        "shdr": [
            ("name", "V20"),
            ("start", "<u4"),
            ("end", "<u4"),
            ("loop_start", "<u4"),
            ("loop_end", "<u4"),
            ("rate", "<u4"),
            ("key", "V2"),
            ("link", "<u2"),
            ("type", "<u2"),
        ],
    }.items()
}
_NAMES = (b"LIST", b"sm24", *(name.encode() for name in RECORDS))


class FontError(ValueError):
    """An error for a damaged SoundFont; its message follows "is damaged: "."""


class Tables(NamedTuple):
    """What a SoundFont holds.

    Attributes:
        records: each table by its chunk's name, as structured arrays; the last record of a table
            marks its end.
        samples: the bytes of the samples, uint8 (n,), in the file.
    """

    records: dict[str, np.ndarray]
    samples: np.ndarray


def read_tables(path: Path) -> Tables:
    """Read a SoundFont's tables, and locate its samples.

    Raises:
        FontError: a chunk is missing, stands twice, has a length that is not its records', or goes
            beyond the file.
    """
    data = np.memmap(path, np.uint8, mode="r")
    chunks = {}
    for name, start, size in list_chunks(data):
        if name in chunks:
            raise FontError(f"it has two chunks {name}")
        chunks[name] = data[start : start + size]
    for name in ("smpl", *RECORDS):
        if name not in chunks:
            raise FontError(f"it has no chunk {name}")
    if "smpo" in chunks:
        raise FontError("its samples are not of a kind that is known")
    return Tables({name: _records(name, chunks[name]) for name in RECORDS}, chunks["smpl"])


def list_chunks(data: np.ndarray) -> list[tuple[str, int, int]]:
    """List the chunks of samples and of tables in a SoundFont, uint8 (n,).

    Returns:
        Each chunk's name, where its content begins, and its size.

    Raises:
        FontError: a chunk goes beyond the file.
    """
    found = []
    for name, start, size in _walk(data, 12, 8 + _size(data, 4, len(data), "RIFF")):
        if name == "LIST" and data[start : start + 4].tobytes() in (b"sdta", b"pdta"):
            found += _walk(data, start + 4, start + size)
    return found


def _records(name: str, data: np.ndarray) -> np.ndarray:
    kind = RECORDS[name]
    if len(data) % kind.itemsize or not len(data):
        raise FontError(f"its chunk {name} has {len(data)} bytes, not {kind.itemsize} a record")
    return data.view(kind)


def _walk(data: np.ndarray, at: int, end: int) -> list[tuple[str, int, int]]:
    found = []
    while at + 8 <= end:
        name = data[at : at + 4].tobytes().decode("latin-1")
        size = _size(data, at + 4, end, name)
        found.append((name, at + 8, size))
        at += 8 + size
        # Many an sf3 lacks the byte that the standard asks for after an odd size.
        if size % 2 and at < end and data[at : at + 4].tobytes() not in _NAMES:
            if data[at]:
                raise FontError(f"nothing is where its chunk {name} ends")
            at += 1
        if len(found) > MOST_CHUNKS:
            raise FontError(f"it has more than {MOST_CHUNKS} chunks")
    return found


def _size(data: np.ndarray, at: int, end: int, name: str) -> int:
    [size] = struct.unpack("<I", data[at : at + 4])
    if size > end - at - 4:
        raise FontError(f"it is cut short: its {name} has {end - at - 4} of {size} bytes")
    return size
