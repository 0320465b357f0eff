"""Read the signs of MusicXML that say in which order bars are played, bar by bar.

Signs are often written in one part alone, so the signs of each part hold for all parts.
"""

import re
from xml.etree.ElementTree import Element

from mathrock.files.limits import MAX_PASSES
from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.values import passes

# Words of directions, in small letters and without punctuation.
_WHERE_TO = r"(?: (?:al|alla|e|senza|con|to|till|until)\b.*)?"
_CAPO = re.compile(rf"(?:d ?c|da ?capo){_WHERE_TO}")
_DAL_SEGNO = re.compile(rf"(?:d ?s(?: ?s)?|d(?:al?)? ?segno)(?: segno)?{_WHERE_TO}")
_TO_CODA = re.compile(r"(?:go )?(?:to|al|alla) (?:the )?coda(?: coda)?(?: \w{1,2})?")
_CODA = re.compile(r"(?:the )?coda(?: coda)?(?: \w{1,2})?")
_SEGNO = re.compile(r"segno(?: segno)?(?: \w{1,2})?")
_FINE = re.compile(r"(?:il )?fine")
_UNTIL = re.compile(r"(?:al|alla) (?:fine|coda)")
_SIGNS = {"\U0001d10b": "segno", "\ue047": "segno", "\U0001d10c": "coda", "\ue048": "coda"}


class BarSigns:
    """The signs of a bar in all parts.

    Attributes:
        begun: the number of the ending that begins with the bar, or "".
        stopped: the number of the ending that ends with the bar, or "".
        capo: whether D.C. is at its end.
        dal_segno: the name of the segno to which D.S. at its end leads; None without D.S.
        until: where this ends, "fine", "coda" or "".
        passes: after which passes to jump; empty for the last.
        segnos, codas: the index of the bar before which a sign is, by the sign's name, mostly "".
        to_coda: the name of the coda to which To Coda at its end leads; None without To Coda.
        is_final: whether the bar line of a piece's end follows.
    """

    def __init__(self):
        self.opens, self.closes = False, 0
        self.begun, self.stopped = "", ""
        self.capo, self.dal_segno, self.until = False, None, ""
        self.passes: tuple[int, ...] = ()
        self.segnos: dict[str, int] = {}
        self.codas: dict[str, int] = {}
        self.to_coda: str | None = None
        self.is_fine = False
        self.is_final = False


def read_signs(parts: list[list[Element]]) -> list[BarSigns]:
    """Read the signs of all bars from the measures of each part.

    Raises:
        ScoreError: a repeat asks for too many passes.
    """
    count = max(map(len, parts), default=0)
    bars = [BarSigns() for _ in range(count + 1)]  # and one after the end
    for measures in parts:
        for at, measure in enumerate(measures):
            _read_measure(measure, bars, at)
    return bars[:-1]


def _read_measure(measure: Element, bars: list[BarSigns], at: int) -> None:
    written, seen = len(measure.findall("note")), 0
    for element in measure:
        if element.tag == "note":
            seen += 1
        elif element.tag == "barline":
            _read_barline(element, bars, at)
        elif element.tag in ("direction", "sound"):
            # A sign after all notes is where the next bar begins.
            before = at + (0 < written == seen)
            if element.tag == "direction":
                _read_words(element, bars[at], before)
            for sound in element.iter("sound"):
                _read_sound(sound, bars[at], before)


def _read_barline(barline: Element, bars: list[BarSigns], at: int) -> None:
    place = barline.get("location")
    if barline.findtext("bar-style") == "light-heavy" and barline.find("repeat") is None:
        bars[at].is_final = True
    for mark in barline:
        if mark.tag == "repeat" and mark.get("direction") == "forward":
            bars[at + (place == "right")].opens = True
        elif mark.tag == "repeat":
            bar = bars[max(0, at - (place == "left"))]
            bar.closes = max(bar.closes, _times(mark.get("times", "2")) - 1)
        elif mark.tag == "ending" and mark.get("type") == "start":
            bars[at].begun = mark.get("number", "")
        elif mark.tag == "ending":
            bars[at].stopped = mark.get("number", "") or "1"
        elif mark.tag == "segno":
            bars[at].segnos[""] = at + (place != "left")
        elif mark.tag == "coda":
            bars[at].codas[""] = at + (place != "left")


def _times(text: str) -> int:
    digits = text.strip().lstrip("0")
    if digits.isdecimal() and (len(digits) > 2 or int(digits) > MAX_PASSES):
        raise ScoreError(f"repeats {digits[:12]} times, more than {MAX_PASSES}")
    return int(digits) if digits.isdecimal() else 2


def _read_words(direction: Element, bar: BarSigns, before: int) -> None:
    tags, texts = set(), []
    for mark in direction.iter():
        if mark.tag in ("words", "rehearsal"):
            texts.append((mark.text or "")[:100].lower())
        elif mark.tag in ("segno", "coda"):
            texts.append(mark.tag)
            tags.add(mark.tag)
    text = " ".join(texts)
    for sign, name in _SIGNS.items():
        text = text.replace(sign, f" {name} ")
    text = " ".join(re.sub(r"[^\w\s]", "", text).split())
    is_jump = _CAPO.fullmatch(text) or _DAL_SEGNO.fullmatch(text)
    if is_jump or (_UNTIL.fullmatch(text) and (bar.capo or bar.dal_segno is not None)):
        bar.capo = bar.capo or _CAPO.fullmatch(text) is not None
        bar.dal_segno = (bar.dal_segno or "") if _DAL_SEGNO.fullmatch(text) else bar.dal_segno
        bar.until = bar.until or next((end for end in ("fine", "coda") if end in text), "")
    elif _TO_CODA.fullmatch(text):
        bar.to_coda = bar.to_coda or ""
    elif _FINE.fullmatch(text):
        bar.is_fine = True
    else:
        if "segno" in tags or _SEGNO.fullmatch(text):
            bar.segnos[""] = before
        if "coda" in tags or _CODA.fullmatch(text):
            bar.codas[""] = before


def _read_sound(sound: Element, bar: BarSigns, before: int) -> None:
    def name(key: str) -> str | None:
        return None if sound.get(key, "no") == "no" else sound.get(key)

    if name("dacapo") or name("dalsegno"):
        bar.capo, bar.dal_segno = bar.capo or bool(name("dacapo")), name("dalsegno")
        bar.passes = passes(sound.get("time-only"))
    if name("segno"):
        bar.segnos[name("segno")] = before
    if name("coda"):
        bar.codas[name("coda")] = before
    bar.to_coda = name("tocoda") or bar.to_coda
    bar.is_fine = bar.is_fine or name("fine") is not None
    bar.opens = bar.opens or name("forward-repeat") is not None
