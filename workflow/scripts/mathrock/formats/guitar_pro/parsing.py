"""Parse Guitar Pro files of versions 3 to 5 with PyGuitarPro, whatever their bytes are.

PyGuitarPro believes the numbers in a file, and searches all beats of a bar for each beat. Here a
file that asks for more than a song has ends in an error.
"""

import io
import struct

import guitarpro
from guitarpro.io import getVersionAndGPFile
from guitarpro.iobase import GPFileBase

from mathrock.formats.errors import ScoreError

MOST_READS = 2_000_000  # numbers and texts in a file; large songs have some 500,000
MOST_BEATS = 150_000  # of all tracks; they take a kilobyte each in memory
MOST_BARS = 4000  # as written
ENCODING = "latin-1"  # reads any byte: see `text`
_FAILURES = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, struct.error)


def parse(data: bytes) -> guitarpro.Song:
    """Parse a file.

    Raises:
        ScoreError: the data are no Guitar Pro file, damaged, of another version, or too large.
    """
    if data.startswith((b"BCFZ", b"BCFS", b"PK\x03\x04")):
        raise ScoreError("is of Guitar Pro 6 or later: export it as gp5, MIDI or MusicXML")
    stream = _Stream(data)
    try:
        version = GPFileBase(stream, ENCODING).readVersion()
        version_number, reader = getVersionAndGPFile(version)
    except (guitarpro.GPException, *_FAILURES):
        raise ScoreError("is damaged, or not of Guitar Pro 3, 4 or 5") from None
    bounded = type("Bounded", (_Bounded, reader), {})
    try:
        return bounded(stream, ENCODING, version=version, versionTuple=version_number).readSong()
    except (guitarpro.GPException, *_FAILURES) as error:
        raise _too_large(error) or ScoreError("is a damaged Guitar Pro file") from error


def text(raw: str) -> str:
    """Decode a text of a file, which Guitar Pro writes in Windows' Western encoding."""
    return raw.encode(ENCODING, "replace").decode("cp1252", "replace").strip()


def _too_large(error: BaseException | None) -> ScoreError | None:
    """Find the limit that was exceeded; PyGuitarPro wraps errors in its own."""
    while error is not None and not isinstance(error, _TooLarge):
        error = error.__cause__ or error.__context__
    return error and ScoreError(str(error))


class _TooLarge(ValueError):
    """An error for a file that asks for more than a song has."""


class _Stream(io.BytesIO):
    """Bytes of which a negative number is none, and that can be read so often and no more."""

    reads = 0

    def read(self, count: int = -1) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise _TooLarge(f"has more than {MOST_READS} entries")
        return super().read(max(0, count))


class _Bounded:
    """What a reader of PyGuitarPro does otherwise here; mixed into its class."""

    beats = 0

    def readMeasureHeaders(self, song, count, *others):
        if count > MOST_BARS:
            raise _TooLarge(f"has {count} bars, more than {MOST_BARS}")
        return super().readMeasureHeaders(song, count, *others)

    def getBeat(self, voice, start):
        if voice.beats and voice.beats[-1].start == start:
            return voice.beats[-1]
        self.beats += 1
        if self.beats > MOST_BEATS:
            raise _TooLarge(f"has more than {MOST_BEATS} beats")
        beat = guitarpro.Beat(voice)
        beat.start = start
        voice.beats.append(beat)
        return beat
