"""Parse Guitar Pro files of versions 3 to 5 with PyGuitarPro, whatever their bytes are.

PyGuitarPro believes the numbers in a file, searches all earlier beats for some, and refuses a file
for an unknown value of what is only seen, such as a key. Here each file ends soon, in a song or in
an error, and unknown values are passed over.
"""

import io
import re
import struct
from enum import Enum, EnumType
from typing import NamedTuple

import guitarpro
from guitarpro.io import getVersionAndGPFile
from guitarpro.iobase import GPFileBase
from guitarpro.models import LenientEnum

from mathrock.files.limits import MAX_PARTS
from mathrock.formats.errors import ScoreError

MOST_READS = 2_000_000  # numbers and texts in a file; large songs have some 500,000
MOST_BEATS = 150_000  # of all tracks; they take a kilobyte each in memory
MOST_BARS = 4000  # as written
ENCODING = "latin-1"  # reads any byte: see `text`
DEFAULT_BEAMS = [2, 2, 2, 2]  # that PyGuitarPro gives to bars of any metre
_FAILURES = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, struct.error)


class ParsedSong(NamedTuple):
    """A song, the index of the bar of each sign such as Coda or Da Capo, and warnings."""

    song: guitarpro.Song
    directions: dict[str, int]
    warnings: tuple[str, ...]


def parse(data: bytes) -> ParsedSong:
    """Parse a file; of a file that is cut off, the bars that are whole.

    Raises:
        ScoreError: the data are no Guitar Pro file, damaged, of another version, or too large.
    """
    if data.startswith((b"BCFZ", b"BCFS", b"PK\x03\x04")):
        raise ScoreError("is of Guitar Pro 6 or later: export it as gp5, MIDI or MusicXML")
    stream = _Stream(data)
    try:
        version = _known_version(GPFileBase(stream, ENCODING).readVersion())
        version_number, reader = getVersionAndGPFile(version)
    except (guitarpro.GPException, *_FAILURES):
        raise ScoreError("is damaged, or not of Guitar Pro 3, 4 or 5") from None
    bounded = type("Bounded", (_Bounded, reader), {})
    file = bounded(stream, ENCODING, version=version, versionTuple=version_number)
    try:
        song = file.readSong()
    except (guitarpro.GPException, *_FAILURES) as error:
        raise _too_large(error) or ScoreError("is a damaged Guitar Pro file") from error
    return ParsedSong(song, file.directions, file.warnings)


def text(raw: str) -> str:
    """Decode a text of a file, which Guitar Pro writes in Windows' Western encoding."""
    return raw.encode(ENCODING, "replace").decode("cp1252", "replace").strip()


def _known_version(version: str) -> str:
    """Return the version that PyGuitarPro knows for any version of the same layout."""
    match = re.fullmatch(r"FICHIER GUITAR PRO [vL]([345])\.(\d\d)", version.strip())
    if not match:
        return version
    minor = {"3": "00", "4": "06", "5": "10" if match[2] >= "10" else "00"}[match[1]]
    return f"FICHIER GUITAR PRO v{match[1]}.{minor}"


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

    def is_read(self) -> bool:
        return self.tell() >= len(self.getbuffer())


class _Bounded:
    """What a reader of PyGuitarPro does otherwise here; mixed into its class."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.directions: dict[str, int] = {}
        self.warnings: tuple[str, ...] = ()
        self._beats = 0
        self._frets: dict[tuple, int] = {}  # by track, voice and string, of the last note

    def readMeasureHeaders(self, song, count, *directions):
        if count > MOST_BARS:
            raise _TooLarge(f"has {count} bars, more than {MOST_BARS}")
        for signs in directions and directions[0]:  # PyGuitarPro keeps one sign of a bar only
            self.directions |= {sign.name: n - 1 for sign, n in signs.items() if 0 < n <= count}
        super().readMeasureHeaders(song, count, *[({}, {}) for _ in directions])

    def readMeasureHeader(self, number, song, previous=None):
        header, flags = super().readMeasureHeader(number, song, previous)
        beams = header.timeSignature.beams
        if self._is_5 and flags & 0x10 and flags & 0x03 and beams != DEFAULT_BEAMS:
            header.repeatAlternative = beams[3]  # Guitar Pro, unlike PyGuitarPro, writes it last
        return header, flags

    def readRepeatAlternative(self, headers):
        if self._is_5:
            return super().readRepeatAlternative(headers)
        last, taken = self.readU8(), 0  # before version 5: up to which number, without those taken
        for header in reversed(headers):
            if header.isRepeatOpen or header.repeatAlternative >> max(last - 1, 0) & 1:
                break
            taken |= header.repeatAlternative
        return (1 << last) - 1 & ~taken

    def readTracks(self, song, count, channels):
        if count > MAX_PARTS:
            raise _TooLarge(f"has {count} tracks, more than {MAX_PARTS}")
        super().readTracks(song, count, channels)

    def readChannel(self, channels):
        return super().readChannel(channels) or guitarpro.MidiChannel()

    def readMeasures(self, song):
        try:
            super().readMeasures(song)
        except _FAILURES as error:
            whole = len(song.tracks[0].measures) - 1 if song.tracks else 0
            if whole < 1 or isinstance(error, _TooLarge) or not self.data.is_read():
                raise
            self.warnings = (f"is cut off after bar {whole} of {len(song.measureHeaders)}",)
            del song.measureHeaders[whole:]

    def getBeat(self, voice, start):
        if voice.beats and voice.beats[-1].start == start:
            return voice.beats[-1]
        self._beats += 1
        if self._beats > MOST_BEATS:
            raise _TooLarge(f"has more than {MOST_BEATS} beats")
        beat = guitarpro.Beat(voice)
        beat.start = start
        voice.beats.append(beat)
        return beat

    def readNote(self, note, string, track):
        super().readNote(note, string, track)
        self._frets[self._place(note)] = note.value
        return note

    def getTiedNoteValue(self, note):
        return self._frets.get(self._place(note), -1)

    def readHarmonic(self, note):
        try:
            return super().readHarmonic(note)
        except UnboundLocalError:  # of an unknown kind
            return None

    def readBeatStroke(self):
        self.skip(2)
        return guitarpro.BeatStroke()

    def readWahEffect(self, flags):
        self.skip(1)

    def readGrace(self):
        self.skip(5 if self._is_5 else 4)

    @property
    def _is_5(self) -> bool:
        return self.versionTuple >= (5, 0, 0)

    def _place(self, note) -> tuple:
        return self._currentTrack.number, self._currentVoiceNumber, note.string


def _first_member(kind: EnumType, _value: object) -> Enum:
    return next(iter(kind))


for _kind in vars(guitarpro.models).values():
    if isinstance(_kind, EnumType) and len(_kind) and not issubclass(_kind, LenientEnum):
        _kind._missing_ = classmethod(_first_member)  # for an unknown value, in place of an error
