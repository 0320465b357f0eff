"""Find the header and the tracks in the bytes of a Standard MIDI File, as players do.

The standard ("Standard MIDI Files 1.0", RP-001) asks readers to skip unknown chunks. Real files
also lie in wrappers (RIFF, MacBinary), say wrong lengths and numbers of tracks, and are cut.
"""

import re
from typing import NamedTuple

from mathrock.formats.errors import ScoreError

_NEXT = re.compile(rb"MT(?:rk|hd)")
_NAME = re.compile(rb"[A-Za-z0-9 ]{4}")
_OTHER_KINDS = {  # that are sold or named as MIDI
    b"FORM": "XMI music",
    b"MUS\x1a": "MUS music",
    b"HMI": "HMI music",
    b"\x1f\x8b": "a gzip archive",
    b"PK": "a zip archive",
    b"<": "a web page",
}


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
    """Read the last header before the first track, and where the first track may begin.

    Raises:
        ScoreError: there is no header, or no track.
    """
    start = data.rfind(b"MThd", 0, max(0, data.find(b"MTrk")))
    if start < 0 or len(data) < start + 14:
        kinds = [kind for magic, kind in _OTHER_KINDS.items() if data.lstrip().startswith(magic)]
        raise ScoreError(f"is {kinds[0]}, not MIDI" if kinds else "is damaged or not a MIDI file")
    length, kind, tracks, division = (
        int.from_bytes(data[start + first : start + last], signed=signed)
        for first, last, signed in ((4, 8, False), (8, 10, False), (10, 12, False), (12, 14, True))
    )
    after = start + 8 + length
    return Header(kind, division, tracks), after if _is_chunk(data, after) else start + 14


def next_track(data: bytes, at: int) -> Chunk | None:
    """Find the next track from a place in the file on; there is none behind another header."""
    while not data.startswith((b"MTrk", b"MThd"), at) and _is_chunk(data, at):
        at += 8 + int.from_bytes(data[at + 4 : at + 8])
    found = _NEXT.search(data, at)
    if not found or found[0] == b"MThd" or found.end() + 4 > len(data):
        return None
    start = found.end() + 4
    end = start + int.from_bytes(data[start - 4 : start])
    if end == len(data) or _is_chunk(data, end):
        return Chunk(start, end, True)
    following = _NEXT.search(data, start)
    return Chunk(start, following.start() if following else len(data), False)


def holds_another(data: bytes, at: int) -> bool:
    """Check whether another MIDI file follows in the data."""
    return data.find(b"MThd", at) >= 0


def _is_chunk(data: bytes, at: int) -> bool:
    """Check whether a chunk begins here: a track, a header, or one with a name and a length."""
    if data.startswith((b"MTrk", b"MThd"), at):
        return True
    size = int.from_bytes(data[at + 4 : at + 8])
    return bool(_NAME.match(data, at)) and at + 8 + size <= len(data)
