"""Read the measures of a part: notes, lengths, metres and tempos.

Conventions: positions and lengths are whole ticks, `resolution` of which are a quarter note.
"""

import re
from collections import Counter
from enum import Enum
from math import floor
from typing import NamedTuple
from xml.etree.ElementTree import Element

from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.instruments import PartInfo
from mathrock.formats.musicxml.tempo import TempoMark, read_tempo
from mathrock.formats.musicxml.values import number, passes, written_length

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
BEAT_TYPES = (1, 2, 4, 8, 16, 32, 64)
MOST_BEATS = 255  # of a metre, as in MIDI
MOST_DIVISIONS = 1_000_000


class Kind(Enum):
    """Kinds of notes; an unpitched one is a drum, or a mark in a part of pitched notes."""

    PITCHED = 0
    DRUM = 1
    UNPITCHED = 2


class WrittenNote(NamedTuple):
    """A note as written, counted from the start of its bar; `passes`: of a repeat, () for all."""

    start: int
    length: int
    pitch: int
    is_tied: bool
    kind: Kind
    staff: int
    passes: tuple[int, ...]


class WrittenBar:
    """A bar as written.

    Attributes:
        end: where its notes end.
        rest_end: where its rests end, without those of the whole bar.
        rest: how long a rest of the whole bar is said to be; 0 if there is none.
        metre: (numerator, denominator), if the bar changes the metre.
        tempos: (position, mark, passes).
    """

    def __init__(self):
        self.notes: list[WrittenNote] = []
        self.end, self.rest_end, self.rest = 0, 0, 0
        self.metre: tuple[int, int] | None = None
        self.tempos: list[tuple[int, TempoMark, tuple[int, ...]]] = []


class PartReader:
    """The state of a part while its measures are read, and what had to be left out.

    Attributes:
        faults: how often each kind of fault was met.
    """

    def __init__(self, info: PartInfo, resolution: int):
        self.info, self.resolution = info, resolution
        self.faults = Counter()
        self._divisions: float | None = None
        self._shifts: dict[int, tuple[int, int]] = {}  # by staff, 0 for all: semitones, doubling
        self._bar, self._at, self._last = WrittenBar(), 0, 0

    def read_bar(self, measure: Element) -> WrittenBar:
        """Read the next measure of the part."""
        self._bar, self._at, self._last = WrittenBar(), 0, 0
        for element in measure:
            if element.tag == "note":
                self._read_note(element)
            elif element.tag == "backup":
                self._at = max(0, self._at - self._ticks(element.findtext("duration")))
            elif element.tag == "forward":
                self._rest(self._ticks(element.findtext("duration")), is_whole=self._at == 0)
            elif element.tag == "attributes":
                self._read_attributes(element)
            elif element.tag in ("direction", "sound"):
                self._read_tempo(element)
        return self._bar

    def _ticks(self, duration: str | None) -> int:
        """Convert a duration; one that is no number, or less than 0, counts as 0."""
        value = number(duration)
        return max(0, round((value or 0) * self.resolution / (self._divisions or 1)))

    def _read_attributes(self, attributes: Element) -> None:
        for divisions in attributes.findall("divisions"):
            value = number(divisions.text)
            if value and 0 < value <= MOST_DIVISIONS:
                self._divisions = value
        for time in attributes.findall("time"):
            if time.find("senza-misura") is None:
                self._bar.metre = metre = _metre(time)
                self.faults["has a metre that can't be read: ignored"] += metre is None
        for transpose in attributes.findall("transpose"):
            staff = int(number(transpose.get("number")) or 0)
            if not staff:
                self._shifts.clear()
            self._shifts[staff] = _transposition(transpose)

    def _read_tempo(self, element: Element) -> None:
        mark = read_tempo(element)
        if mark:
            sound = element if element.tag == "sound" else element.find("sound")
            offset = number(element.findtext("offset")) or 0
            shift = round(offset * self.resolution / (self._divisions or 1))
            only = () if sound is None else passes(sound.get("time-only"))
            self._bar.tempos.append((max(0, self._at + shift), mark, only))

    def _rest(self, length: int, is_whole: bool) -> None:
        self._at += length
        if is_whole:
            self._bar.rest = max(self._bar.rest, self._at)
        else:
            self._bar.rest_end = max(self._bar.rest_end, self._at)

    def _read_note(self, note: Element) -> None:
        found = {child.tag: child for child in note}
        if "grace" in found:
            return
        length = self._length(note, found)
        if "rest" in found:
            kind = (note.findtext("type") or "whole").strip()
            is_whole = found["rest"].get("measure") == "yes" or kind in ("whole", "breve")
            self._rest(length, is_whole and self._at == 0)
            return
        start = self._last if "chord" in found else self._at
        if "chord" not in found:
            self._last, self._at = self._at, self._at + length
        self._bar.end = max(self._bar.end, start + length)
        if "cue" in found:
            return
        if not length:
            self.faults["has notes without a length: left out"] += 1
            return
        staff = int(number(note.findtext("staff")) or 1)
        only = passes(note.get("time-only"))
        for pitch, kind in self._pitches(found, staff):
            written = (min(127, max(0, pitch)), _is_tied(note, found), kind, staff, only)
            self._bar.notes.append(WrittenNote(start, length, *written))

    def _length(self, note: Element, found: dict[str, Element]) -> int:
        """Compute a note's length: its duration, or its type where the durations count nothing."""
        typed = None
        if self._divisions is None or "duration" not in found:
            typed = written_length(note)
        if typed is not None:
            return round(typed * self.resolution)
        self.faults["says no <divisions>: a <duration> of 1 is a quarter note"] += (
            self._divisions is None
        )
        return self._ticks(found["duration"].text) if "duration" in found else 0

    def _pitches(self, found: dict[str, Element], staff: int) -> list[tuple[int, Kind]]:
        """Find the MIDI pitch, or drum key, of a note; two of them where it is doubled."""
        name = found["instrument"].get("id") if "instrument" in found else None
        instrument = self.info.instruments.get(name, self.info.main)
        if "pitch" in found:
            pitch = _midi_pitch(found["pitch"])
            if instrument.is_drum:
                return [(pitch if instrument.key is None else instrument.key, Kind.DRUM)]
            shift, doubling = self._shifts.get(staff) or self._shifts.get(0, (0, 0))
            notes = [(pitch + shift, Kind.PITCHED)]
            return [*notes, (pitch + shift + doubling, Kind.PITCHED)] if doubling else notes
        if instrument.is_drum or instrument.key is not None:
            sure = instrument.likely_key if instrument.key is None else instrument.key
            return [(sure, Kind.DRUM)]
        if "notehead" in found and (found["notehead"].text or "").strip() == "slash":
            self.faults["has slashes, which are no notes: left out"] += 1
            return []
        return [(instrument.likely_key, Kind.UNPITCHED)]


def _midi_pitch(pitch: Element) -> int:
    step = (pitch.findtext("step") or "").strip().upper()
    octave = (pitch.findtext("octave") or "").strip()
    if step not in SEMITONES or not re.fullmatch(r"-?\d", octave, re.ASCII):
        raise ScoreError(f"can't be read as MusicXML: no note is {step[:9]!r} in {octave[:9]!r}")
    alter = number(pitch.findtext("alter")) or 0
    return 12 * (int(octave) + 1) + SEMITONES[step] + floor(alter + 0.5)


def _is_tied(note: Element, found: dict[str, Element]) -> bool:
    ties = note.findall("tie")
    if not ties and "notations" in found:
        ties = found["notations"].findall("tied")
    return any(tie.get("type") == "start" for tie in ties)


def _metre(time: Element) -> tuple[int, int] | None:
    """Read a metre, such as 3+2 eighths, or 2/4 + 3/8, as one; None for one that is odd."""
    kinds = [number(kind.text) for kind in time.findall("beat-type")]
    groups = [re.findall(r"\d{1,9}", (beats.text or "")[:50]) for beats in time.findall("beats")]
    if not kinds or len(kinds) != len(groups) or not all(kind in BEAT_TYPES for kind in kinds):
        return None
    kind = int(max(kinds))
    beats = sum(
        sum(map(int, group)) * kind // int(own) for group, own in zip(groups, kinds, strict=True)
    )
    return (beats, kind) if 0 < beats <= MOST_BEATS else None


def _transposition(transpose: Element) -> tuple[int, int]:
    """Read a transposition in semitones, and the interval by which the notes are doubled, or 0."""
    chromatic = number(transpose.findtext("chromatic"))
    diatonic = number(transpose.findtext("diatonic")) or 0
    shift = round(diatonic * 12 / 7) if chromatic is None else round(chromatic)
    octaves = round(number(transpose.findtext("octave-change")) or 0)
    double = transpose.find("double")
    doubling = 0 if double is None else 12 if double.get("above") == "yes" else -12
    return shift + 12 * octaves, doubling
