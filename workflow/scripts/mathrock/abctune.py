"""ABC, as people and chat models write it, -> a score.

Read is what the standard (ABC 2.1) calls a tune: voices, chords, ties, tuplets, broken rhythm,
repeats with endings, changes of metre, key, unit and tempo. Left out are grace notes, decorations,
dynamics, chord symbols and words; what is not understood is told in a warning.
"""

import codecs
import re
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from mathrock.abcfields import (
    SIGNS,
    accidentals_of,
    duration_of,
    is_percussion,
    length_of,
    metre_of,
    pitch_of,
    shift_of,
    tempo_of,
    usual_length,
)
from mathrock.notation import Bar, NotationError, Voice, Written, own_metre, to_score
from mathrock.playorder import Signs, play_order
from mathrock.score import Score

MOST_NOTES = 100_000  # of a tune as it is played

_FIELD = re.compile(r"([A-Za-z])\s*:(?![|:\]])(.*)")
_LENGTH = r"(?:\d{1,4})?(?:/+\d{0,4})*"
_NOTE = re.compile(
    rf"(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<marks>[,']*)(?P<length>{_LENGTH})"
    r"(?P<tie>\.?-)?"
)
_TOKEN = re.compile(
    r"\[(?P<field>[A-Za-z]):(?P<value>[^\]]*)\]"
    r'|(?P<words>"[^"]*"?|![^!|\n]{1,40}!|\+[a-z]{1,20}\+|\{[^}]*\})'
    rf"|\[(?P<chord>(?:[=^_A-Ga-g,'\d/\-.\s]|\"[^\"]*\"|![^!]*!)+)\](?P<chord_length>{_LENGTH})"
    r"(?P<chord_tie>\.?-)?"
    r"|(?P<bar>:*\.?\[?\|[|:\]]*|::+)(?P<number>\d[\d,\-.]*)?"
    r"|\[\s*(?P<ending>\d[\d,\-]*)"
    rf"|(?P<note>{_NOTE.pattern})"
    rf"|(?P<rest>[zxZX])(?P<rest_length>{_LENGTH})"
    r"|\((?P<tuplet>\d)(?::(?P<in_time>\d?))?(?::(?P<of>\d{0,2}))?"
    r"|(?P<broken>>{1,3}|<{1,3})"
    r"|(?P<overlay>&)"
    r"|y[\d/]*|[\s()\\`~.HLMOPSTRJuv$*;!\-]"
)
_JUMPS = re.compile(r"[!+](?:D\.?[CS]\.?|dacapo|dacoda|segno|coda|fine)\b", re.IGNORECASE)


class _Line:
    """A bar as it is written: notes counted from its start, tempo changes, signs."""

    def __init__(self, metre: tuple[int, int] | None):
        self.notes: list[Written] = []
        self.tempos: list[tuple[Fraction, float]] = []
        self.metre = metre
        self.length = Fraction(0)
        self.opens, self.closes, self.ending = False, 0, ()


class _Voice:
    """A voice while it is read."""

    def __init__(self, name: str, unit: Fraction | None, metre, key: dict, shift: int, drums: bool):
        self.name, self.shift, self.is_drum = name, shift, drums
        self.metre, self.key, self._unit = metre, dict(key), unit
        self.bars: list[_Line] = []
        self.bar = _Line(metre)
        self.at = Fraction(0)
        self.in_bar: dict[str, int] = {}  # accidentals, of a letter in all octaves
        self.held: dict[tuple[str, str], int] = {}  # those of tied notes
        self.last: tuple[int, Fraction] | None = None  # for broken rhythm: first note, start
        self.next_factor = Fraction(1)
        self.tuplet, self.in_tuplet = Fraction(1), 0
        self.ending: tuple[int, ...] = ()

    @property
    def unit(self) -> Fraction:
        return self._unit or usual_length(self.metre)

    def set_unit(self, unit: Fraction) -> None:
        self._unit = unit

    def set_metre(self, metre: tuple[int, int] | None) -> None:
        self._unit = self.unit  # a later metre does not change it
        self.metre = metre
        if not self.bar.length:
            self.bar.metre = metre

    def add(self, pitches: list[tuple[int, Fraction, bool]], length: Fraction) -> None:
        """Notes (pitch, length, is_tied) struck together; then time passes. None: a rest."""
        factor = self.next_factor
        self.next_factor = Fraction(1)
        if self.in_tuplet:
            factor *= self.tuplet
            self.in_tuplet -= 1
        self.last = (len(self.bar.notes), self.at)
        for pitch, lasts, is_tied in pitches:
            self.bar.notes.append(Written(self.at, lasts * factor, pitch, is_tied))
        self.at += length * factor
        self.bar.length = max(self.bar.length, self.at)

    def make_broken(self, marks: str) -> None:
        """Lengthen the last note and shorten the next, or the other way round."""
        if self.last is None:
            return
        short = Fraction(1, 2 ** len(marks))
        factor = 2 - short if marks[0] == ">" else short
        first, start = self.last
        for index in range(first, len(self.bar.notes)):
            note = self.bar.notes[index]
            self.bar.notes[index] = note._replace(length=note.length * factor)
        is_longest = self.bar.length == self.at
        self.at = start + (self.at - start) * factor
        self.bar.length = self.at if is_longest else max(self.bar.length, self.at)
        self.next_factor = 2 - factor

    def end_bar(self, sign: str = "|") -> None:
        """A bar line: what it closes, and what it opens."""
        closes = len(sign) - len(sign.lstrip(":")) if "|" in sign else len(sign) // 2
        opens = sign.endswith(":")
        if self.bar.length:
            self.bar.ending = self.ending
            self.bars.append(self.bar)
            was_open, self.bar = False, _Line(self.metre)
        else:
            was_open = self.bar.opens
            tempos, self.bar = self.bar.tempos, _Line(self.metre)
            self.bar.tempos = tempos
        if closes and self.bars:
            self.bars[-1].closes = max(self.bars[-1].closes, closes)
        if closes or opens or "||" in sign or "]" in sign or sign.startswith("["):
            self.ending = ()
        self.bar.opens = opens or was_open
        self.at, self.last = Fraction(0), None
        self.in_bar = {}

    def rest_bars(self, count: int) -> None:
        for number in range(count):
            if number:
                self.end_bar()
            self.add([], Fraction(4 * self.metre[0], self.metre[1]) if self.metre else Fraction(4))


class _Reader:
    """The state of a tune: its header's values and its voices, of which one is being read."""

    def __init__(self):
        self.title, self.tempo = "", None
        self.metre, self.unit, self.key, self.shift = (4, 4), None, {}, 0
        self.in_body, self.is_drum = False, False
        self.declared: dict[str, str] = {}
        self.voices: dict[str, _Voice] = {}
        self.voice: _Voice | None = None
        self.waiting: list[tuple[str, str]] = []  # fields between a voice's music and what comes
        self.not_understood: list[tuple[int, str]] = []
        self.jumps = False
        self.order = ""

    def read_field(self, name: str, value: str, is_line: bool) -> None:
        if name == "V":
            self.read_voice(value)
        elif not self.in_body:
            self.read_header(name, value)
        elif name in "MLKQ":
            if is_line:
                self.waiting.append((name, value))
            else:
                self.apply(name, value, self.current())

    def read_header(self, name: str, value: str) -> None:
        if name == "T":
            self.title = self.title or value.strip()
        elif name == "M":
            self.metre = metre_of(value)
        elif name == "L":
            self.unit = length_of(value)
        elif name == "Q":
            self.tempo = tempo_of(value)
        elif name == "P":
            self.order = value.strip()
        elif name == "K":
            self.key, self.shift = accidentals_of(value), shift_of(value) or 0
            self.is_drum = is_percussion(value)
            self.in_body = True

    def read_voice(self, value: str) -> None:
        """A voice begins, is described, or goes on."""
        name, _, description = value.strip().partition(" ")
        if not name:
            return
        if not self.in_body:
            self.declared[name] = self.declared.get(name, "") + " " + description
            return
        for field in self.waiting:  # said right before a voice begins, it is for all
            for voice in self.voices.values():
                self.apply(*field, voice)
        self.waiting = []
        self.voice = self.voices.get(name) or self.begin_voice(name)
        if description:
            self.describe(self.voice, description)

    def begin_voice(self, name: str) -> _Voice:
        voice = _Voice(name, self.unit, self.metre, self.key, self.shift, self.is_drum)
        self.voices[name] = voice
        self.describe(voice, self.declared.get(name, ""))
        return voice

    def describe(self, voice: _Voice, description: str) -> None:
        shift = shift_of(description)
        voice.shift = voice.shift if shift is None else shift
        voice.is_drum = voice.is_drum or is_percussion(description)
        name = re.search(r'\b(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))', description)
        if name:
            voice.name = name[1] or name[2]

    def current(self) -> _Voice:
        if self.voice is None:
            self.voice = self.begin_voice(next(iter(self.declared), "1"))
        return self.voice

    def apply(self, name: str, value: str, voice: _Voice) -> None:
        if name == "M":
            voice.set_metre(metre_of(value))
        elif name == "L":
            voice.set_unit(length_of(value) or voice.unit)
        elif name == "Q" and (bpm := tempo_of(value)) is not None:
            voice.bar.tempos.append((voice.at, bpm))
        elif name == "K":
            voice.key = accidentals_of(value)
            shift = shift_of(value)
            voice.shift = voice.shift if shift is None else shift

    def read_music(self, number: int, line: str) -> None:
        if not line.startswith("[V:"):
            for field in self.waiting:
                self.apply(*field, self.current())
            self.waiting = []
        at = 0
        while at < len(line):
            found = _TOKEN.match(line, at)
            if found is None:
                self.not_understood.append((number, line[at]))
                at += 1
                continue
            at = found.end()
            self.read_token(found)

    def read_token(self, found: re.Match) -> None:
        if found["field"]:
            self.read_field(found["field"], found["value"], is_line=False)
            return
        voice = self.current()
        if found["words"]:
            self.jumps = self.jumps or _JUMPS.match(found["words"]) is not None
        elif found["chord"] is not None:
            self.read_chord(voice, found)
        elif found["bar"]:
            voice.end_bar(found["bar"])
            if found["number"]:
                voice.ending = _endings(found["number"])
        elif found["ending"]:
            if voice.bar.length:
                voice.end_bar()
            voice.ending = _endings(found["ending"])
        elif found["note"]:
            note = self.read_note(voice, _NOTE.match(found["note"]))
            voice.add([note], note[1])
        elif found["rest"]:
            length = duration_of(found["rest_length"])
            if found["rest"] in "ZX":
                voice.rest_bars(max(1, ceil(length)))
            else:
                voice.add([], length * voice.unit)
        elif found["tuplet"]:
            _begin_tuplet(voice, int(found["tuplet"]), found["in_time"], found["of"])
        elif found["broken"]:
            voice.make_broken(found["broken"])
        elif found["overlay"]:
            voice.at, voice.last = Fraction(0), None

    def read_chord(self, voice: _Voice, found: re.Match) -> None:
        text = re.sub(r'"[^"]*"|![^!]*!', "", found["chord"])
        notes = [self.read_note(voice, note) for note in _NOTE.finditer(text)]
        if not notes:
            return
        factor, is_tied = duration_of(found["chord_length"]), found["chord_tie"] is not None
        notes = [(pitch, length * factor, tie or is_tied) for pitch, length, tie in notes]
        if is_tied:
            for note in _NOTE.finditer(text):
                _hold(voice, note)
        voice.add(notes, notes[0][1])

    def read_note(self, voice: _Voice, found: re.Match) -> tuple[int, Fraction, bool]:
        """(pitch, length in quarter notes, whether it is tied)."""
        letter = found["letter"].upper()
        held = voice.held.pop((found["letter"], found["marks"]), None)
        if found["sign"]:
            voice.in_bar[letter] = SIGNS[found["sign"]]
        sign = voice.in_bar.get(letter, voice.key.get(letter, 0))
        if held is not None and not found["sign"]:
            sign = held
        pitch = pitch_of(found["letter"], found["marks"], sign) + voice.shift
        if found["tie"]:
            voice.held[found["letter"], found["marks"]] = sign
        length = duration_of(found["length"]) * voice.unit
        if not length:
            raise NotationError(f"has a note without length, {found[0]}")
        return min(127, max(0, pitch)), length, found["tie"] is not None

    def finish(self) -> tuple[Score, tuple[str, ...]]:
        warnings = []
        for voice in self.voices.values():
            voice.end_bar()
        lines = [voice for voice in self.voices.values() if any(bar.notes for bar in voice.bars)]
        if self.not_understood:
            number, sign = self.not_understood[0]
            count = len(self.not_understood)
            many = f" and {count - 1} more" if count > 1 else ""
            warnings.append(f"{sign!r} in line {number}{many} is no ABC: left out")
        if self.jumps:
            warnings.append("its jumps, such as D.C., are not played")
        if len(self.order) > 1:
            warnings.append(f"its order of parts, P:{self.order}, is not played")
        orders = {voice.name: play_order(_signs(voice.bars)) for voice in lines}
        tempos = {} if self.tempo is None else {Fraction(0): self.tempo}
        voices = []
        for voice in lines:
            order = orders[voice.name]
            for other in lines:
                if len(order) == len(voice.bars) == len(other.bars) < len(orders[other.name]):
                    order = orders[other.name]
                    warnings.append(f"voice {voice.name} is repeated as voice {other.name} is")
                    break
            voices.append(_played(voice, order, tempos))
            warnings += _misfits(voice)
        lengths = {sum(bar.length for bar in voice.bars) for voice in voices}
        if len(lengths) > 1:
            told = " and ".join(f"{float(length):g}" for length in sorted(lengths))
            warnings.append(f"its voices last {told} quarter notes")
        return to_score(voices, tempos, self.title), tuple(warnings)


def read_abc(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """The first tune of a file, whose parts name no instrument, and what was noticed.

    Raises:
        NotationError: it is no ABC, or cannot be played.
    """
    lines, warnings = _first_tune(_text(data))
    reader = _Reader()
    for number, line in lines:
        field = _FIELD.fullmatch(line)
        try:
            if field:
                reader.read_field(field[1], field[2], is_line=True)
            elif reader.in_body and line:
                reader.read_music(number, line)
        except ZeroDivisionError:
            raise NotationError(f"has a length in line {number} that divides by 0") from None
        except NotationError as error:
            raise NotationError(f"{error}, in line {number}") from None
    if not reader.in_body:
        raise NotationError("is no ABC: a tune has lines that begin with X: and K:")
    score, more = reader.finish()
    return score, (*warnings, *more)


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _first_tune(text: str) -> tuple[list[tuple[int, str]], list[str]]:
    """Its lines, numbered from 1, without comments, and warnings.

    An empty line ends a tune, the standard says; but voices are often written with one between, and
    what is copied from a chat may have words before and after.
    """
    lines, tunes, after_gap = [], 0, False
    for number, line in _lines(text):
        is_field = _FIELD.fullmatch(line) is not None
        if line.startswith("X:"):
            tunes += 1
        if tunes > 1:
            continue
        if not line or line.startswith("```"):
            after_gap = True
            continue
        if after_gap and not is_field and "|" not in line:
            continue
        after_gap = False
        if tunes or is_field or lines:
            lines.append((number, line))
    start = next((i for i, (_, line) in enumerate(lines) if line.startswith("X:")), 0)
    warnings = [f"holds {tunes} tunes: the first is taken"] if tunes > 1 else []
    return lines[start:], warnings


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        is_comment = line.startswith("%")
        line = re.sub(r"(?<!\\)%.*", "", line).strip()
        if is_comment or re.match(r"[wWsr]:", line):
            continue
        yield number, line


def _endings(text: str) -> tuple[int, ...]:
    """The numbers of 1, 1,3 or 1-3."""
    numbers = []
    for piece in re.findall(r"\d{1,2}(?:-\d{1,2})?", text):
        first, _, last = piece.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return tuple(number for number in numbers if 0 < number <= 16)


def _begin_tuplet(voice: _Voice, notes: int, in_time: str | None, of: str | None) -> None:
    """(p:q:r: p notes in the time of q, for the next r notes."""
    is_compound = bool(voice.metre) and voice.metre[1] >= 8 and voice.metre[0] in (6, 9, 12)
    usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(notes, 3 if is_compound else 2)
    if notes:
        voice.tuplet = Fraction(int(in_time or usual) or usual, notes)
        voice.in_tuplet = int(of or notes)


def _hold(voice: _Voice, note: re.Match) -> None:
    letter = note["letter"].upper()
    sign = voice.in_bar.get(letter, voice.key.get(letter, 0))
    voice.held[note["letter"], note["marks"]] = sign


def _signs(bars: list[_Line]) -> list[Signs]:
    return [Signs(bar.opens, min(bar.closes, 8), bar.ending) for bar in bars]


def _played(voice: _Voice, order: list[int], tempos: dict) -> Voice:
    """The voice with its repeats; what it says of tempo goes to `tempos`."""
    if sum(len(voice.bars[index].notes) for index in order) > MOST_NOTES:
        raise NotationError(f"has more than {MOST_NOTES} notes")
    notes, bars, at = [], [], Fraction(0)
    for index in order:
        bar = voice.bars[index]
        notes += [note._replace(start=at + note.start) for note in bar.notes]
        tempos.update({at + start: bpm for start, bpm in bar.tempos})
        bars.append(Bar(at, bar.length, bar.metre))
        at += bar.length
    return Voice(voice.name, notes, bars, is_drum=voice.is_drum)


def _misfits(voice: _Voice) -> list[str]:
    """Bars that are no upbeat, nor end a repeat or the tune, and are not as long as the metre."""
    wrong = [
        (number, bar)
        for number, bar in enumerate(voice.bars[1:-1], 2)
        if bar.metre and bar.length != Fraction(4 * bar.metre[0], bar.metre[1])
        if not (bar.closes or bar.opens or voice.bars[number - 2].closes)
    ]
    if not wrong:
        return []
    number, bar = wrong[0]
    lasts = own_metre(Bar(Fraction(0), bar.length, bar.metre))
    many = f" ({len(wrong)} bars do not fit)" if len(wrong) > 1 else ""
    return [
        f"bar {number} of voice {voice.name} lasts {lasts[0]}/{lasts[1]}, not"
        f" {bar.metre[0]}/{bar.metre[1]}{many}"
    ]
