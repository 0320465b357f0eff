"""The repeats, endings and jumps of MusicXML -> the order in which bars are played.

They are often written in one part alone, so those of all parts hold for all.
"""

from itertools import groupby, zip_longest
from xml.etree.ElementTree import Element

from music21.bar import Repeat
from music21.expressions import TextExpression
from music21.note import Rest
from music21.repeat import Coda, RepeatExpression, Segno
from music21.spanner import RepeatBracket
from music21.stream import Measure, Part

from mathrock.formats.repeats import Signs, ending_numbers, play_order


def bar_order(root: Element) -> tuple[list[int], list[str]]:
    """Indices of the bars as they are played, and warnings of signs that make no sense."""
    parts = [part.findall("measure") for part in root.iter("part")]
    columns = zip_longest(*parts, fillvalue=Element("measure"))
    marks = [[mark for bar in bars for mark in bar.iter()] for bars in columns]
    signs = _signs(marks)
    warnings = []
    for at, bar in enumerate(signs):
        others = (sign for sign in signs[at + 1 :] if sign.opens or sign.closes)
        if bar.opens and not bar.closes and not next(others, Signs()).closes:
            warnings.append(f"the repeat that begins in bar {at + 1} has no end: not repeated")
    jumps = [[jump for jump in map(_jump, column) if jump] for column in marks]
    if any(jumps):
        try:
            bars = _skeleton(signs, jumps).expandRepeats().getElementsByClass(Measure)
            return [int(bar.groups[0]) for bar in bars], warnings
        except Exception:  # whatever music21 says of what it did not expect
            warnings.append("its jumps, such as D.C., make no sense: not played")
    return play_order(signs), warnings


def _signs(marks: list[list[Element]]) -> list[Signs]:
    signs, ending = [], ()
    for column in marks:
        repeats = [mark for mark in column if mark.tag == "repeat"]
        ends = [mark for mark in column if mark.tag == "ending"]
        begun = [mark.get("number", "") for mark in ends if mark.get("type") == "start"]
        ending = ending_numbers(begun[0]) if begun else ending
        begins = any(mark.get("direction") == "forward" for mark in repeats)
        backward = (mark for mark in repeats if mark.get("direction") != "forward")
        times = max((int(mark.get("times", "2")) for mark in backward), default=1)
        signs.append(Signs(begins, max(times - 1, 0), ending))
        if len(begun) < len(ends):
            ending = ()
    return signs


def _jump(mark: Element) -> RepeatExpression | None:
    if mark.tag == "words":
        return TextExpression(mark.text or "").getRepeatExpression()
    return {"segno": Segno, "coda": Coda}.get(mark.tag, lambda: None)()


def _skeleton(signs: list[Signs], jumps: list[list[RepeatExpression]]) -> Part:
    """A part with these signs and no notes, for music21; its bars' groups are their indices."""
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
