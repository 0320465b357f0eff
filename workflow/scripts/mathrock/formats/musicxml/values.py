"""Parse the values of MusicXML's elements: numbers and note values."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

_NAMES = ["maxima", "long", "breve", "whole", "half", "quarter", "eighth"]
_NAMES += ["16th", "32nd", "64th", "128th", "256th"]
NOTE_VALUES = {name: 32 / 2**power for power, name in enumerate(_NAMES)}  # in quarter notes

_NUMBER = re.compile(r"\s*[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*", re.ASCII)


def number(text: str | None) -> float | None:
    """Parse a number; None if the text is no number, or one of more than 9 digits."""
    return float(text) if text and _NUMBER.fullmatch(text) else None


def passes(text: str | None) -> tuple[int, ...]:
    """Parse time-only, the passes of a repeat in which something is played; () for all."""
    return tuple(int(digits) for digits in re.findall(r"\d{1,2}", (text or "")[:100]))


def dotted(quarters: float, dots: int) -> float:
    """Lengthen a note value by dots."""
    return quarters * (2 - 0.5 ** min(dots, 4))


def written_length(note: Element) -> float | None:
    """Read the length that a note's type, dots and tuplet say, in quarter notes."""
    quarters = NOTE_VALUES.get((note.findtext("type") or "").strip())
    if quarters is None:
        return None
    quarters = dotted(quarters, len(note.findall("dot")))
    change = note.find("time-modification")
    if change is not None:
        actual = number(change.findtext("actual-notes")) or 1
        quarters *= (number(change.findtext("normal-notes")) or 1) / actual
    return abs(quarters)


def text_of(elements: Iterable[Element]) -> str:
    """Join the texts of elements, with single spaces."""
    return " ".join(" ".join(element.text or "" for element in elements).split())
