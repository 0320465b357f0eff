"""Find the header and the tracks in the bytes of a Standard MIDI File, as players do.

The standard ("Standard MIDI Files 1.0", RP-001) asks readers to skip unknown chunks. Real files
also lie in wrappers (RIFF, MacBinary), say wrong lengths and numbers of tracks, and are cut.
"""

from collections.abc import Iterator
from typing import NamedTuple

from mathrock.files.limits import MAX_TRACKS
from mathrock.formats.errors import ScoreError

_WRAPPER = 1 << 16  # bytes in front of the header, at most
_NAME = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")


class Header(NamedTuple):
    """The header of a MIDI file: its type, its time division, and how many tracks it promises."""

    kind: int
    division: int  # ticks a quarter note; negative: SMPTE frames a second and ticks a frame
    tracks: int


class Chunk(NamedTuple):
    """A track's bytes, `data[start:end]`; `is_whole` if the length that the file gives is right."""

    start: int
    end: int
    is_whole: bool


def read_header(data: bytes) -> tuple[Header, int]:
    """Read the header, and where the first track may begin.

    Raises:
        ScoreError: there is no header.
    """
    start = data.find(b"MThd", 0, _WRAPPER)
    if start < 0 or len(data) < start + 14:
        raise ScoreError("is damaged or not a MIDI file")
    length, kind, tracks, division = (
        int.from_bytes(data[start + first : start + last], signed=signed)
        for first, last, signed in ((4, 8, False), (8, 10, False), (10, 12, False), (12, 14, True))
    )
    after = start + 8 + length
    return Header(kind, division, tracks), after if _is_chunk(data, after) else start + 14


def find_tracks(data: bytes, at: int) -> Iterator[Chunk]:
    """Yield the tracks from a place in the file on.

    Raises:
        ScoreError: there are more than `MAX_TRACKS`.
    """
    count = 0
    while (at := data.find(b"MTrk", at) if not _is_chunk(data, at) else at) >= 0:
        if at + 8 > len(data):
            return
        start, end = at + 8, at + 8 + int.from_bytes(data[at + 4 : at + 8])
        is_whole = end == len(data) or _is_chunk(data, end)
        if data[at : at + 4] == b"MTrk":
            count += 1
            if count > MAX_TRACKS:
                raise ScoreError(f"has more than {MAX_TRACKS} tracks")
            if not is_whole:  # up to the next track, or to the end
                end = following if (following := data.find(b"MTrk", start)) >= 0 else len(data)
            yield Chunk(start, end, is_whole)
        elif not is_whole:
            end = start
        at = end
        if at >= len(data):
            return


def _is_chunk(data: bytes, at: int) -> bool:
    """Check whether a chunk may begin here: its name is four letters and it has a length."""
    return at + 8 <= len(data) and _NAME.issuperset(data[at : at + 4])
