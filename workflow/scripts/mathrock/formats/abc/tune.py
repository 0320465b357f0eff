"""ABC, as people and chat models write it, -> a score.

Read is what the standard (ABC 2.1) calls a tune: voices, chords, ties, tuplets, broken rhythm,
repeats with endings, changes of metre, key, unit and tempo, and the instruments that %%MIDI names,
one a voice. Left out are grace notes, decorations, dynamics, chord symbols and words; what is not
understood is told in a warning.
"""

import re
from fractions import Fraction
from math import ceil

from mathrock.formats.abc.fields import (
    SIGNS,
    accidentals_of,
    duration_of,
    is_percussion,
    length_of,
    metre_of,
    pitch_of,
    program_of,
    shift_of,
    tempo_of,
)
from mathrock.formats.abc.text import first_tune
from mathrock.formats.abc.tokens import FIELD, NOTE, tokens
from mathrock.formats.abc.voice import WrittenVoice
from mathrock.formats.notation import NotationError, to_score
from mathrock.formats.repeats import ending_numbers
from mathrock.music.score import Score

_JUMPS = re.compile(r"[!+](?:D\.?[CS]\.?|dacapo|dacoda|segno|coda|fine)\b", re.IGNORECASE)
_MIDI = re.compile(r"\s*MIDI\s*=?\s*(program|channel)(?:\s+\d+)?\s+(\d+)\s*")


def read_abc(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """The first tune of a file and what was noticed; a part without %%MIDI names no instrument.

    Raises:
        NotationError: it is no ABC, or cannot be played.
    """
    lines, warnings = first_tune(data)
    reader = _Reader()
    for number, line in lines:
        field = FIELD.fullmatch(line)
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


class _Reader:
    """The state of a tune: its header's values and its voices, of which one is being read."""

    def __init__(self):
        self.title, self.tempo = "", None
        self.metre, self.unit, self.key, self.shift = (4, 4), None, {}, 0
        self.in_body, self.is_drum = False, False
        self.declared: dict[str, str] = {}  # what is said of voices before the music
        self.of_all = ""  # what is said of no voice in particular
        self.voices: dict[str, WrittenVoice] = {}
        self.voice: WrittenVoice | None = None
        self.waiting: list[tuple[str, str]] = []  # fields between a voice's music and what comes
        self.not_understood: list[tuple[int, str]] = []
        self.jumps = False
        self.order = ""

    def read_field(self, name: str, value: str, is_line: bool) -> None:
        if name == "V":
            self.read_voice(value)
        elif name == "I":
            self.read_midi(value)
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

    def read_midi(self, value: str) -> None:
        """An instrument: of the voice that was last named, or else of all."""
        found = _MIDI.fullmatch(value)
        told = f" {found[1]}={found[2]}" if found else ""
        if self.voice:
            self.describe(self.voice, told)
        elif self.declared and not self.in_body:
            self.declared[next(reversed(self.declared))] += told
        else:
            self.of_all += told

    def begin_voice(self, name: str) -> WrittenVoice:
        voice = WrittenVoice(name, self.unit, self.metre, self.key, self.shift, self.is_drum)
        self.voices[name] = voice
        self.describe(voice, self.of_all)
        self.describe(voice, self.declared.get(name, ""))
        return voice

    def describe(self, voice: WrittenVoice, description: str) -> None:
        shift = shift_of(description)
        voice.shift = voice.shift if shift is None else shift
        program = program_of(description)
        voice.program = voice.program if program is None else program
        voice.is_drum = voice.is_drum or is_percussion(description)
        name = re.search(r'\b(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))', description)
        if name:
            voice.name = name[1] or name[2]

    def current(self) -> WrittenVoice:
        if self.voice is None:
            self.voice = self.begin_voice(next(iter(self.declared), "1"))
        return self.voice

    def apply(self, name: str, value: str, voice: WrittenVoice) -> None:
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
        for found in tokens(line):
            if isinstance(found, str):
                self.not_understood.append((number, found))
            else:
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
                voice.ending = ending_numbers(found["number"])
        elif found["ending"]:
            if voice.bar.length:
                voice.end_bar()
            voice.ending = ending_numbers(found["ending"])
        elif found["note"]:
            note = self.read_note(voice, NOTE.match(found["note"]))
            voice.add([note], note[1])
        elif found["rest"]:
            length = duration_of(found["rest_length"])
            if found["rest"] in "ZX":
                voice.rest_bars(max(1, ceil(length)))
            else:
                voice.add([], length * voice.unit)
        elif found["tuplet"]:
            voice.begin_tuplet(int(found["tuplet"]), found["in_time"], found["of"])
        elif found["broken"]:
            voice.make_broken(found["broken"])
        elif found["overlay"]:
            voice.overlay()

    def read_chord(self, voice: WrittenVoice, found: re.Match) -> None:
        text = re.sub(r'"[^"]*"|![^!]*!', "", found["chord"])
        notes = [self.read_note(voice, note) for note in NOTE.finditer(text)]
        if not notes:
            return
        factor, is_tied = duration_of(found["chord_length"]), found["chord_tie"] is not None
        notes = [(pitch, length * factor, tie or is_tied) for pitch, length, tie in notes]
        if is_tied:
            for note in NOTE.finditer(text):
                _hold(voice, note)
        voice.add(notes, notes[0][1])

    def read_note(self, voice: WrittenVoice, found: re.Match) -> tuple[int, Fraction, bool]:
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
        warnings = self.left_out()
        for voice in self.voices.values():
            voice.end_bar()
        lines = [voice for voice in self.voices.values() if any(bar.notes for bar in voice.bars)]
        orders = [voice.order() for voice in lines]
        tempos = {} if self.tempo is None else {Fraction(0): self.tempo}
        voices = []
        for voice, order in zip(lines, orders, strict=True):
            for other, longer in zip(lines, orders, strict=True):
                if len(order) == len(voice.bars) == len(other.bars) < len(longer):
                    order = longer
                    warnings.append(f"voice {voice.name} is repeated as voice {other.name} is")
                    break
            voices.append(voice.played(order, tempos))
            warnings += voice.misfits()
        lengths = {sum(bar.length for bar in voice.bars) for voice in voices}
        if len(lengths) > 1:
            told = " and ".join(f"{float(length):g}" for length in sorted(lengths))
            warnings.append(f"its voices last {told} quarter notes")
        return to_score(voices, tempos, self.title), tuple(warnings)

    def left_out(self) -> list[str]:
        """What of the tune is not played, in a sentence each."""
        told = []
        if self.not_understood:
            number, sign = self.not_understood[0]
            count = len(self.not_understood)
            many = f" and {count - 1} more" if count > 1 else ""
            told.append(f"{sign!r} in line {number}{many} is no ABC: left out")
        if self.jumps:
            told.append("its jumps, such as D.C., are not played")
        if len(self.order) > 1:
            told.append(f"its order of parts, P:{self.order}, is not played")
        return told


def _hold(voice: WrittenVoice, note: re.Match) -> None:
    letter = note["letter"].upper()
    sign = voice.in_bar.get(letter, voice.key.get(letter, 0))
    voice.held[note["letter"], note["marks"]] = sign
