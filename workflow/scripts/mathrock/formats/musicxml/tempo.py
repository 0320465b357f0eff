"""Read the tempo that a direction asks for: by its sound, its metronome mark or its words."""

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

from mathrock.formats.musicxml.values import NOTE_VALUES, dotted, number, text_of
from mathrock.formats.notation import FASTEST, SLOWEST


class TempoMark(NamedTuple):
    """A tempo in quarter notes a minute; of two marks at one place the higher rank counts."""

    rank: int
    bpm: float


# music21's values for words, quarter notes a minute.
_WORDS = {"larghissimo": 16, "grave": 40, "largo": 46, "lento": 52, "adagio": 56, "larghetto": 60}
_WORDS |= {"adagietto": 66, "andante": 72, "andantino": 80, "moderato": 92, "allegretto": 108}
_WORDS |= {"allegro moderato": 128, "allegro": 132, "vivace": 160, "vivacissimo": 168}
_WORDS |= {"presto": 184, "prestissimo": 208}
# Note values in words, in quarter notes; the signs are those of Unicode and of SMuFL's fonts.
_VALUES = dict.fromkeys(("q", "quarter", "crotchet", "1/4", "♩", "\U0001d15f", "\ueca5"), 1.0)
_VALUES |= dict.fromkeys(("e", "eighth", "quaver", "1/8", "♪", "\U0001d160", "\ueca7"), 0.5)
_VALUES |= dict.fromkeys(("h", "half", "minim", "1/2", "\U0001d15e", "\ueca3"), 2.0)
_RATE = r"\s*(?:ca?\.?|circa|about|approx\.?|[~≈])?\s*(\d{1,4}(?:[.,]\d+)?(?:\s*[-–—]\s*\d{2,4})?)"
_VALUE = "|".join(map(re.escape, sorted(_VALUES, key=len, reverse=True)))
_EQUATION = re.compile(
    rf"(?<!\w)((?:dotted[ -])?)({_VALUE})(?:[ -]note)?\s*([.\uecb7]?)\s*[=≈]{_RATE}"
)
_NAMED = re.compile(
    rf"\b(?:(?:tempo|bpm)\s*[:=]?|m\.?m\.?\s*=){_RATE}|(\d{{2,4}}(?:[.,]\d+)?)\s*bpm\b"
)
_ITALIAN = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b")


def read_tempo(direction: Element) -> TempoMark | None:
    """Read the tempo of a <direction> or <sound>; None if it has none."""
    sound = direction if direction.tag == "sound" else direction.find("sound")
    bpm = None if sound is None else number(sound.get("tempo"))
    if bpm and bpm > 0:
        return TempoMark(3, bpm)
    for kind in direction.findall("direction-type"):
        mark = kind.find("metronome")
        bpm = None if mark is None else _metronome(mark)
        if bpm and SLOWEST <= bpm <= FASTEST:
            return TempoMark(2, bpm)
    return _words(text_of(direction.iter("words")).lower()[:200])


def _metronome(mark: Element) -> float | None:
    """Compute the tempo of a metronome mark; None for an equation of two note values."""
    rate = _rate(mark.findtext("per-minute") or "")
    units = mark.findall("beat-unit")
    if rate is None or len(units) > 1:
        return None
    unit = (units[0].text or "").strip() if units else "quarter"
    return rate * dotted(NOTE_VALUES.get(unit, 1), len(mark.findall("beat-unit-dot")))


def _rate(text: str) -> float | None:
    """Parse beats a minute such as "ca. 90"; the middle of a range such as 90-100."""
    found = re.search(r"(\d{1,4}(?:[.,]\d{1,4})?)(?:\s*[-–—]\s*(\d{1,4}))?", text[:100])
    if not found:
        return None
    low = float(found[1].replace(",", "."))
    return (low + float(found[2])) / 2 if found[2] else low


def _words(text: str) -> TempoMark | None:
    """Find a tempo in the words of a direction, in small letters."""
    if found := _EQUATION.search(text):
        quarters = dotted(_VALUES[found[2]], bool(found[1] or found[3]))
        mark = TempoMark(1, (_rate(found[4]) or 0) * quarters)
    elif found := _NAMED.search(text):
        mark = TempoMark(1, _rate(found[1] or found[2]) or 0)
    elif found := _ITALIAN.search(text):
        mark = TempoMark(0, float(_WORDS[found[0]]))
    else:
        return None
    return mark if SLOWEST <= mark.bpm <= FASTEST else None
