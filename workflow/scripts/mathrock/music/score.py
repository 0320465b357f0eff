"""Scores: notes in parts, with a tempo map, time signatures and markers.

Conventions: times are seconds from the start of the piece; pitches and velocities are MIDI's.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

DEFAULT_VELOCITY = 90
DEFAULT_TEMPO = 120.0
NO_VELOCITY = 0  # of a note whose loudness its file does not give
NO_PROGRAM = -1  # of a part whose instrument its file does not give


class Note(NamedTuple):
    """A note: onset and offset in seconds, MIDI pitch 0-127, velocity 1-127."""

    onset: float
    offset: float
    pitch: int
    velocity: int = DEFAULT_VELOCITY


class Tempo(NamedTuple):
    """A tempo of `bpm` quarter notes a minute, which holds from `time` (seconds) on."""

    time: float
    bpm: float


class Metre(NamedTuple):
    """A time signature `numerator`/`denominator`, which holds from `time` (seconds) on."""

    time: float
    numerator: int
    denominator: int


class Marker(NamedTuple):
    """A text at a time in seconds; a DAW shows it above the tracks."""

    time: float
    text: str


class Part(NamedTuple):
    """The notes of one instrument; its General MIDI `program`, 0-127, is ignored if `is_drum`."""

    name: str
    notes: list[Note]
    program: int = 0
    is_drum: bool = False


@dataclass(frozen=True)
class Score:
    """Parts with their tempo map and time signatures."""

    parts: list[Part]
    tempos: tuple[Tempo, ...] = (Tempo(0.0, DEFAULT_TEMPO),)
    metres: tuple[Metre, ...] = (Metre(0.0, 4, 4),)
    title: str = ""
    markers: tuple[Marker, ...] = ()

    @property
    def pitched_notes(self) -> list[Note]:
        """Return the notes of all parts except drums, ordered by onset, pitch and offset."""
        return self._notes(are_drums=False)

    @property
    def drum_hits(self) -> list[Note]:
        """Return the notes of drum parts, in the same order; pitches are General MIDI drum keys."""
        return self._notes(are_drums=True)

    @property
    def duration(self) -> float:
        """Return the seconds until the last note ends, 0 without notes."""
        return max((note.offset for part in self.parts for note in part.notes), default=0.0)

    def _notes(self, are_drums: bool) -> list[Note]:
        notes = [note for part in self.parts if part.is_drum == are_drums for note in part.notes]
        return sorted(notes, key=lambda note: (note.onset, note.pitch, note.offset))


def drop_repeated(values: list) -> tuple:
    """Drop tempos, or metres, that repeat the value of the one before; their times may differ."""
    return (values[0], *(now for last, now in pairwise(values) if now[1:] != last[1:]))
