"""Read the part list of MusicXML: the names of parts and their instruments."""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from mathrock.formats.musicxml.values import number, text_of
from mathrock.music.score import NO_PROGRAM

DRUM_CHANNEL = 10
KITS = {"kick": 36, "bass": 36, "snare": 38, "hat": 42, "ride": 51, "crash": 49, "tom": 45}
DEFAULT_DRUM = 38


class Instrument(NamedTuple):
    """An instrument of a part.

    Attributes:
        is_drum: whether it plays on MIDI's drum channel.
        key: General MIDI's drum key, if the file says it.
        likely_key: the drum key by the instrument's name.
    """

    program: int = NO_PROGRAM
    is_drum: bool = False
    key: int | None = None
    likely_key: int = DEFAULT_DRUM


class PartInfo(NamedTuple):
    """The name of a part, and its instruments by their ids."""

    name: str = ""
    instruments: dict[str, Instrument] = {}  # noqa: RUF012 -- nobody adds to it

    @property
    def main(self) -> Instrument:
        """Return the instrument of notes that name none."""
        return next(iter(self.instruments.values()), Instrument())

    @property
    def program(self) -> int:
        """Return the program of the first instrument that has one, or `NO_PROGRAM`."""
        programs = (instrument.program for instrument in self.instruments.values())
        return next((program for program in programs if program != NO_PROGRAM), NO_PROGRAM)


def read_part_list(root: Element) -> dict[str, PartInfo]:
    """Read the names and the instruments of all parts, by the parts' ids."""
    return {part.get("id", ""): _part_info(part) for part in root.iter("score-part")}


def _part_info(part: Element) -> PartInfo:
    names = {
        instrument.get("id", ""): (instrument.findtext("instrument-name") or "").lower()
        for instrument in part.findall("score-instrument")
    }
    instruments = {key: Instrument(likely_key=_drum_key(name)) for key, name in names.items()}
    for midi in part.findall("midi-instrument"):
        key = midi.get("id", "")
        instruments[key] = Instrument(
            _midi_number(midi.findtext("midi-program"), NO_PROGRAM),
            number(midi.findtext("midi-channel")) == DRUM_CHANNEL,
            _midi_number(midi.findtext("midi-unpitched"), None),
            _drum_key(names.get(key, "")),
        )
    return PartInfo(text_of(part.findall("part-name")), instruments)


def _drum_key(name: str) -> int:
    return next((KITS[kit] for kit in KITS if kit in name), DEFAULT_DRUM)


def _midi_number(text: str | None, default: int | None) -> int | None:
    """Parse a number of 1 to 128 as MIDI's 0 to 127."""
    value = number(text)
    return int(value) - 1 if value is not None and 1 <= value <= 128 else default
