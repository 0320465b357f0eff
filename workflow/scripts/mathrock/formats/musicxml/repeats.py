"""Unfold the repeats, endings and jumps of MusicXML: find the order in which bars are played.

Signs are often written in one part alone, so the signs of each part hold for all parts.
"""

from itertools import groupby, zip_longest
from xml.etree.ElementTree import Element

from music21.bar import Repeat
from music21.expressions import TextExpression
from music21.note import Rest
from music21.repeat import Coda, RepeatExpression, Segno
from music21.spanner import RepeatBracket
from music21.stream import Measure, Part

from mathrock.formats.repeats import RepeatSigns, parse_ending, unfold


def unfold_bars(root: Element) -> tuple[list[int], list[str]]:
    """Unfold a score: return its bars' indices in playing order, and warnings of odd signs."""
    parts = [part.findall("measure") for part in root.iter("part")]
    columns = zip_longest(*parts, fillvalue=Element("measure"))
    marks = [[mark for bar in bars for mark in bar.iter()] for bars in columns]
    signs = _read_signs(marks)
    warnings = []
    for at, bar in enumerate(signs):
        others = (sign for sign in signs[at + 1 :] if sign.opens or sign.closes)
        if bar.opens and not bar.closes and not next(others, RepeatSigns()).closes:
            warnings.append(f"the repeat that begins in bar {at + 1} has no end: not repeated")
    jumps = [[jump for jump in map(_jump, column) if jump] for column in marks]
    if any(jumps):
        try:
            bars = _empty_part(signs, jumps).expandRepeats().getElementsByClass(Measure)
            return [int(bar.groups[0]) for bar in bars], warnings
        except Exception:  # music21 has many ways to fail at odd signs
            warnings.append("its jumps, such as D.C., make no sense: not played")
    return unfold(signs), warnings


def _read_signs(marks: list[list[Element]]) -> list[RepeatSigns]:
    signs, ending = [], ()
    for column in marks:
        repeats = [mark for mark in column if mark.tag == "repeat"]
        ends = [mark for mark in column if mark.tag == "ending"]
        begun = [mark.get("number", "") for mark in ends if mark.get("type") == "start"]
        ending = parse_ending(begun[0]) if begun else ending
        begins = any(mark.get("direction") == "forward" for mark in repeats)
        backward = (mark for mark in repeats if mark.get("direction") != "forward")
        times = max((int(mark.get("times", "2")) for mark in backward), default=1)
        signs.append(RepeatSigns(begins, max(times - 1, 0), ending))
        if len(begun) < len(ends):
            ending = ()
    return signs


def _jump(mark: Element) -> RepeatExpression | None:
    if mark.tag == "words":
        return TextExpression(mark.text or "").getRepeatExpression()
    return {"segno": Segno, "coda": Coda}.get(mark.tag, lambda: None)()


def _empty_part(signs: list[RepeatSigns], jumps: list[list[RepeatExpression]]) -> Part:
    """Make a part for music21 with signs and without notes; bars carry their index as a group."""
    part = Part()
    for index, (sign, marks) in enumerate(zip(signs, jumps, strict=True)):
        bar = Measure([Rest()])
        bar.groups.append(str(index))
        bar.leftBarline = Repeat("start") if sign.opens else None
        bar.rightBarline = Repeat("end", times=sign.closes + 1) if sign.closes else None
        for mark in {type(mark): mark for mark in marks}.values():
            bar.insert(0, mark)
        part.append(bar)
    bars = zip(signs, list(part.getElementsByClass(Measure)), strict=True)
    for ending, group in groupby(bars, key=lambda pair: pair[0].ending):
        if ending:
            number = ",".join(map(str, ending))
            part.insert(0, RepeatBracket([bar for _, bar in group], number=number))
    return part
