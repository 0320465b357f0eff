"""Read MusicXML, plain or compressed, as a score, by means of music21."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import zip_longest
from xml.etree import ElementTree

from music21.meter import TimeSignature
from music21.musicxml.xmlToM21 import MusicXMLImporter
from music21.note import GeneralNote
from music21.stream import Measure, Part
from music21.tempo import MetronomeMark

from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.repeats import unfold_bars
from mathrock.formats.notation import Bar, NotatedNote, Voice, to_score
from mathrock.formats.repeats import MAX_PASSES
from mathrock.music.score import NO_PROGRAM, Score

DRUM_CHANNEL = "10"
KITS = {"kick": 36, "bass": 36, "snare": 38, "hat": 42, "ride": 51, "crash": 49, "tom": 45}
DEFAULT_DRUM = 38
STEPS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]


def read_musicxml(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the data of a MusicXML file as a score, with warnings.

    A part without a MIDI program has the program `NO_PROGRAM`.

    Raises:
        ScoreError: the data are no MusicXML, are damaged, or cannot be played.
    """
    root = _root(_unpacked(data))
    for repeat in root.iter("repeat"):
        times = repeat.get("times", "2")
        if not times.isdecimal() or int(times[:4]) > MAX_PASSES:
            raise ScoreError(f"repeats {times} times, more than {MAX_PASSES}")
    instruments = _instruments(root)
    warnings = _add_divisions(root)
    try:
        _add_diatonic_steps(root)
        _give_drums_pitches(root)
        importer = MusicXMLImporter()
        importer.xmlRootToScore(root, importer.stream)
        ids = [_id(part, instruments) for part in importer.stream.parts]
        music = importer.stream.toSoundingPitch()
        parts = [list(part.getElementsByClass(Measure)) for part in music.parts]
        order, more = unfold_bars(root)
        played = list(zip(order, _bars(parts, order), strict=True))
        voices = [
            _voice(part, played, *instruments.get(place, (NO_PROGRAM, False)))
            for place, part in zip(ids, music.parts, strict=True)
        ]
        tempos = _tempos(parts, played)
    except Exception as error:  # music21 has many ways to fail at damage
        message = " ".join(str(error).split())[:120] or type(error).__name__
        raise ScoreError(f"can't be read as MusicXML: {message}") from error
    title = (music.metadata.bestTitle or "") if music.metadata else ""
    return to_score(voices, tempos, title), (*warnings, *more)


def _unpacked(data: bytes) -> bytes:
    """Unpack the score of a compressed file; return other data unchanged."""
    if not data.startswith(b"PK"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
            place = next(element.get("full-path") for element in container.iter("rootfile"))
            return archive.read(place)
    except (zipfile.BadZipFile, KeyError, StopIteration, ElementTree.ParseError) as error:
        raise ScoreError("is damaged or no compressed MusicXML") from error


def _root(data: bytes) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ScoreError("is damaged or not XML") from error
    if root.tag == "score-timewise":
        raise ScoreError("is MusicXML by time, which is not supported: save it by part")
    if root.tag != "score-partwise":
        raise ScoreError(f"is XML, but no MusicXML: it begins with <{root.tag}>")
    return root


def _instruments(root: ElementTree.Element) -> dict[str, tuple[int, bool]]:
    """Read (program, whether it is a drum part) of each part, by the part's id."""
    instruments = {}
    for part in root.iter("score-part"):
        program = part.findtext("midi-instrument/midi-program", "").strip()
        channel = part.findtext("midi-instrument/midi-channel", "").strip()
        is_named = program.isdecimal() and 1 <= int(program) <= 128
        number = int(program) - 1 if is_named else NO_PROGRAM
        instruments[part.get("id", "")] = (number, channel == DRUM_CHANNEL)
    for part in root.iter("part"):
        if part.find(".//unpitched") is not None:
            instruments[part.get("id", "")] = (NO_PROGRAM, True)
    return instruments


def _id(part: Part, known: Iterable[str]) -> str:
    """Find the id that the file gives a part; music21 adds a number to parts on two staves."""
    names = {*part.groups} | {re.sub(r"-Staff\d+$", "", name) for name in part.groups}
    return next((name for name in known if name in names), "")


def _add_divisions(root: ElementTree.Element) -> list[str]:
    """Add <divisions> to parts that have none; return a warning if there are such parts."""
    silent = [part for part in root.iter("part") if part.find(".//divisions") is None]
    for part in silent:
        if (first := part.find("measure")) is not None:
            attributes = ElementTree.Element("attributes")
            ElementTree.SubElement(attributes, "divisions").text = "1"
            first.insert(0, attributes)
    return ["says no <divisions>: a <duration> of 1 is a quarter note"] if silent else []


def _add_diatonic_steps(root: ElementTree.Element) -> None:
    """Add the number of diatonic steps, which music21 requires, to every transposition."""
    for transpose in root.iter("transpose"):
        if transpose.find("diatonic") is None:
            steps = ElementTree.SubElement(transpose, "diatonic")
            steps.text = str(round(int(transpose.findtext("chromatic", "0")) * 7 / 12))


def _give_drums_pitches(root: ElementTree.Element) -> None:
    """Replace drum hits by pitches, General MIDI's drum keys: music21 does not give the drum."""
    keys = {}
    for instrument in root.iter("score-instrument"):
        name = instrument.findtext("instrument-name", "").lower()
        keys[instrument.get("id")] = next((KITS[kit] for kit in KITS if kit in name), DEFAULT_DRUM)
    for instrument in root.iter("midi-instrument"):
        number = instrument.findtext("midi-unpitched", "").strip()
        if number.isdecimal():
            keys[instrument.get("id")] = int(number) - 1
    for note in root.iter("note"):
        if (hit := note.find("unpitched")) is not None:
            instrument = note.find("instrument")
            key = keys.get(None if instrument is None else instrument.get("id"), DEFAULT_DRUM)
            hit.clear()
            hit.tag = "pitch"
            ElementTree.SubElement(hit, "step").text = STEPS[key % 12][0]
            ElementTree.SubElement(hit, "alter").text = str(len(STEPS[key % 12]) - 1)
            ElementTree.SubElement(hit, "octave").text = str(key // 12 - 1)


def _bars(parts: list[list[Measure]], order: list[int]) -> list[Bar]:
    """Make the bars in playing order; a bar has the length of its longest part."""
    metre, written = (4, 4), []
    for measures in zip_longest(*parts, fillvalue=Measure()):
        for measure in measures:
            for signature in measure.getElementsByClass(TimeSignature):
                metre = (signature.numerator, signature.denominator)
        length = max(Fraction(measure.duration.quarterLength) for measure in measures)
        written.append((length or Fraction(4 * metre[0], metre[1]), metre))
    bars, at = [], Fraction(0)
    for index in order:
        bars.append(Bar(at, *written[index]))
        at += written[index][0]
    return bars


def _voice(part: Part, played: list[tuple[int, Bar]], program: int, is_drum: bool) -> Voice:
    """Make the voice of a part.

    Args:
        played: the index of each bar in playing order, and the bar.
    """
    written = [list(_notes(measure)) for measure in part.getElementsByClass(Measure)]
    notes = [
        note._replace(start=bar.start + note.start)
        for index, bar in played
        for note in (written[index] if index < len(written) else [])
    ]
    return Voice(part.partName or "", sorted(notes), [bar for _, bar in played], program, is_drum)


def _notes(measure: Measure) -> Iterator[NotatedNote]:
    """Yield a bar's notes, counted from its start, without grace notes and chord symbols."""
    for element in measure.flatten().notes:
        if element.quarterLength and "ChordSymbol" not in element.classes:
            yield from _element_notes(element)


def _element_notes(element: GeneralNote) -> Iterator[NotatedNote]:
    start, length = Fraction(element.offset), Fraction(element.quarterLength)
    for note in getattr(element, "notes", [element]):
        tied = note.tie is not None and note.tie.type in ("start", "continue")
        yield NotatedNote(start, length, min(127, max(0, note.pitch.midi)), tied)


def _tempos(parts: list[list[Measure]], played: list[tuple[int, Bar]]) -> dict[Fraction, float]:
    tempos = {}
    for measures in parts:
        marks = [list(bar.flatten().getElementsByClass(MetronomeMark)) for bar in measures]
        for index, bar in played:
            for mark in marks[index] if index < len(marks) else []:
                if bpm := mark.getQuarterBPM():
                    tempos[bar.start + Fraction(mark.offset)] = bpm
    return tempos
