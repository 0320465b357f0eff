"""What a piece of music is here: parts with their notes, and the ruler that they are written on.

Times are seconds from the start.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

DEFAULT_VELOCITY = 90
DEFAULT_TEMPO = 120.0


class Note(NamedTuple):
    """One note: onset and offset in seconds, MIDI pitch 0-127, velocity 1-127."""

    onset: float
    offset: float
    pitch: int
    velocity: int = DEFAULT_VELOCITY


class Tempo(NamedTuple):
    """From `time` (seconds) on, `bpm` quarter notes a minute."""

    time: float
    bpm: float


class Metre(NamedTuple):
    """From `time` (seconds) on, bars of `numerator`/`denominator`."""

    time: float
    numerator: int
    denominator: int


class Marker(NamedTuple):
    """A text at a time in seconds, which a DAW shows above the tracks."""

    time: float
    text: str


class Part(NamedTuple):
    """The notes of one instrument: General MIDI `program` 0-127, ignored where `is_drum`."""

    name: str
    notes: list[Note]
    program: int = 0
    is_drum: bool = False


@dataclass(frozen=True)
class Score:
    """Parts with the tempo map and time signatures that they are written in."""

    parts: list[Part]
    tempos: tuple[Tempo, ...] = (Tempo(0.0, DEFAULT_TEMPO),)
    metres: tuple[Metre, ...] = (Metre(0.0, 4, 4),)
    title: str = ""
    markers: tuple[Marker, ...] = ()

    @property
    def pitched_notes(self) -> list[Note]:
        """The notes of all parts but the drums, ordered by onset, pitch and offset."""
        return self._notes(are_drums=False)

    @property
    def drum_hits(self) -> list[Note]:
        """The notes of the drums, whose pitches are General MIDI's drum keys, in the same order."""
        return self._notes(are_drums=True)

    def _notes(self, are_drums: bool) -> list[Note]:
        notes = [note for part in self.parts if part.is_drum == are_drums for note in part.notes]
        return sorted(notes, key=lambda note: (note.onset, note.pitch, note.offset))


def changes(values: list) -> tuple:
    """Of tempos, or of metres, the first and those that differ from the one before."""
    return (values[0], *(now for last, now in pairwise(values) if now[1:] != last[1:]))
