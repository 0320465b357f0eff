"""Read MusicXML, plain or compressed, as a score."""

from collections import Counter
from fractions import Fraction
from itertools import zip_longest
from math import lcm
from typing import NamedTuple
from xml.etree.ElementTree import Element

from mathrock.files.limits import MAX_NOTES
from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.container import unpack
from mathrock.formats.musicxml.document import parse_score
from mathrock.formats.musicxml.instruments import PartInfo, read_part_list
from mathrock.formats.musicxml.order import bar_order
from mathrock.formats.musicxml.part import Kind, PartReader, WrittenBar
from mathrock.formats.musicxml.values import number, text_of
from mathrock.formats.notation import Bar, NotatedNote, Voice, to_score
from mathrock.music.score import DEFAULT_TEMPO, NO_PROGRAM, Score

RESOLUTION = 10_080  # ticks a quarter note, at least: 32nds, triplets, quintuplets and septuplets
FINEST_RESOLUTION = 10**9
ROUNDING = 16  # a bar whose notes miss its metre by less than 1/16 quarter note has the metre


class _Played(NamedTuple):
    """A bar as played: its index, how many times it was played before, and its start in ticks."""

    index: int
    before: int
    start: int


def read_musicxml(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the data of a MusicXML file as a score, with warnings.

    A part without a MIDI program has the program `NO_PROGRAM`. Each staff of a part is a part, and
    the drum hits of a staff that has pitched notes too are one more.

    Raises:
        ScoreError: the data are no MusicXML, are damaged, or cannot be played.
    """
    root = parse_score(unpack(data))
    parts = root.findall("part")
    measures = [part.findall("measure") for part in parts]
    order, warnings = bar_order(measures)
    resolution = _resolution(root)
    infos, faults, written, empty = read_part_list(root), Counter(), [], WrittenBar()
    for part, bars in zip(parts, measures, strict=True):
        reader = PartReader(infos.get(part.get("id", ""), PartInfo()), resolution)
        written.append([reader.read_bar(bar) if len(bar) else empty for bar in bars])
        faults += reader.faults
    columns = list(zip_longest(*written, fillvalue=empty))
    lengths, metres = _lengths(columns, resolution)
    played = _play(order, lengths)
    if (notes := sum(len(bar.notes) for at in order for bar in columns[at])) > MAX_NOTES:
        raise ScoreError(f"has {notes} notes, more than {MAX_NOTES}")
    voices = []
    for part, bars in zip(parts, written, strict=True):
        info = infos.get(part.get("id", ""), PartInfo())
        voices += _voices(info, bars, played, resolution, faults)
    if voices:  # all have the same bars; the first gives the metres
        bars = [
            Bar(Fraction(start, resolution), Fraction(lengths[at], resolution), metres[at])
            for at, _, start in played
        ]
        voices[0] = voices[0]._replace(bars=bars)
    title = text_of(root.findall("work/work-title")) or text_of(root.findall("movement-title"))
    score = to_score(voices, _tempos(columns, played, resolution), title)
    return score, (*faults, *warnings)


def _resolution(root: Element) -> int:
    """Find ticks a quarter note in which all durations are whole, if there are not too many."""
    resolution = RESOLUTION
    for divisions in {number(element.text) for element in root.iter("divisions")}:
        if divisions and divisions > 0 and divisions == int(divisions):
            finer = lcm(resolution, int(divisions))
            resolution = finer if finer <= FINEST_RESOLUTION else resolution
    return resolution


def _lengths(
    columns: list[tuple[WrittenBar, ...]], resolution: int
) -> tuple[list[int], list[tuple[int, int]]]:
    """Find the length in ticks and the metre of each bar.

    A bar is as long as its longest part, where a rest of a whole bar says nothing, and other rests
    reach beyond the metre only beside notes that do. If all parts rest, the bar is as long as the
    shortest of the rests and of the metre.
    """
    metre, lengths, metres = (4, 4), [], []
    for column in columns:
        metre = next((bar.metre for bar in column if bar.metre), metre)
        usual = resolution * 4 * metre[0] // metre[1]
        length = max(_end(bar, usual) for bar in column)
        length = length or min([usual, *(bar.rest for bar in column if bar.rest)])
        is_usual = abs(length - usual) * ROUNDING < resolution
        lengths.append(usual if is_usual else length)
        metres.append(metre)
    return lengths, metres


def _end(bar: WrittenBar, usual: int) -> int:
    return max(bar.end, bar.rest_end if bar.end > usual else min(bar.rest_end, usual))


def _play(order: list[int], lengths: list[int]) -> list[_Played]:
    played, counts, start = [], Counter(), 0
    for index in order:
        played.append(_Played(index, counts[index], start))
        counts[index] += 1
        start += lengths[index]
    return played


def _voices(
    info: PartInfo, bars: list[WrittenBar], played: list[_Played], resolution: int, faults: Counter
) -> list[Voice]:
    """Make the voices of a part: one for each staff, and one for the drums beside pitched notes."""
    kinds = Counter((note.staff, note.kind) for bar in bars for note in bar.notes)
    notes: dict[tuple[int, bool], list[NotatedNote]] = {}
    for staff in sorted({staff for staff, _ in kinds}):
        pitched = kinds[staff, Kind.PITCHED]
        unpitched = kinds[staff, Kind.UNPITCHED]
        if unpitched and unpitched + kinds[staff, Kind.DRUM] <= pitched:
            faults["has notes without a pitch in a pitched part: left out"] += 1
            kinds[staff, Kind.UNPITCHED] = 0
    for index, before, bar_start in played:
        for note in bars[index].notes if index < len(bars) else ():
            if kinds[note.staff, note.kind] and _is_in(note.passes, before):
                start = Fraction(bar_start + note.start, resolution)
                length = Fraction(note.length, resolution)
                key = (note.staff, note.kind is not Kind.PITCHED)
                notes.setdefault(key, []).append(
                    NotatedNote(start, length, note.pitch, note.is_tied)
                )
    return [
        Voice(info.name, notes[key], [], NO_PROGRAM if key[1] else info.program, key[1])
        for key in sorted(notes)
    ]


def _is_in(passes: tuple[int, ...], before: int) -> bool:
    return not passes or before + 1 in passes


def _tempos(
    columns: list[tuple[WrittenBar, ...]], played: list[_Played], resolution: int
) -> dict[Fraction, float]:
    """Find the tempos: after a jump back the tempo is what it was there."""
    marks = [
        sorted((mark for bar in column for mark in bar.tempos), key=lambda mark: mark[:2])
        for column in columns
    ]
    at_start, bpm = [], DEFAULT_TEMPO
    for bar in marks:
        at_start.append(bpm)
        bpm = bar[-1][1].bpm if bar else bpm
    tempos, expected = {}, 0
    for index, before, start in played:
        if index != expected:
            tempos[Fraction(start, resolution)] = at_start[index]
        expected = index + 1
        for at, mark, only in marks[index]:
            if _is_in(only, before):
                tempos[Fraction(start + at, resolution)] = mark.bpm
    return tempos
