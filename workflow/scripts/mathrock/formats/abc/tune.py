"""Read ABC notation, as people and chat models write it, as a score.

The reader understands a tune of the ABC standard 2.1: voices, chords, ties, tuplets, broken rhythm,
repeats with endings, changes of metre, key, unit length and tempo, and one %%MIDI instrument for
each voice. It ignores grace notes, decorations, dynamics, chord symbols and words. A warning names
anything else that it does not understand.
"""

import re
from fractions import Fraction
from math import ceil

from mathrock.files.limits import MAX_NOTES, MAX_PARTS, MAX_VOICE_BARS, MAX_VOICE_CHANGES
from mathrock.formats.abc.fields import (
    ACCIDENTALS,
    is_percussion,
    midi_pitch,
    parse_duration,
    parse_key,
    parse_metre,
    parse_tempo,
    parse_unit_length,
)
from mathrock.formats.abc.text import first_tune
from mathrock.formats.abc.tokens import FIELD, NOTE, tokens
from mathrock.formats.abc.voice import VoiceBuilder
from mathrock.formats.errors import ScoreError
from mathrock.formats.notation import to_score
from mathrock.formats.repeats import parse_ending
from mathrock.music.score import Score

_JUMPS = re.compile(r"[!+](?:D\.?[CS]\.?|dacapo|dacoda|segno|coda|fine)\b", re.IGNORECASE)
_OF_MIDI = ("program", "channel", "transpose", "rtranspose")  # directives that are understood
_EDGES = re.compile(r"^:(?![|:\[.\]])|(?<![|:\[\].]):(?=\\?$)")  # half a repeat sign
_MOST = 500  # letters of descriptions that are kept, the last


def read_abc(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the first tune of a file as a score, with warnings.

    A part without a %%MIDI program has the program `NO_PROGRAM`.

    Raises:
        ScoreError: the data are no ABC, or cannot be played.
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
            raise ScoreError(f"has a length in line {number} that divides by 0") from None
        except ScoreError as error:
            raise ScoreError(f"{error}, in line {number}") from None
    if not reader.in_body:
        raise ScoreError("is no ABC: a tune has lines that begin with X: and K:")
    score, more = reader.finish()
    return score, (*warnings, *more)


class _Reader:
    """The state of a tune while it is read: header values, voices, and the current voice."""

    def __init__(self):
        self.title, self.tempo, self.key_field = "", None, ""
        self.metre, self.unit, self.key = (4, 4), None, {}
        self.symbols = set()  # letters that the tune defines
        self.accidentals = "pitch"  # how far one holds in a bar
        self.in_body, self.is_drum = False, False
        self.declared: dict[str, str] = {}  # descriptions of voices before the music
        self.of_all = ""  # description that holds for all voices
        self.voices: dict[str, VoiceBuilder] = {}
        self.voice: VoiceBuilder | None = None
        self.waiting: list[tuple[str, str]] = []  # fields that are not applied to a voice yet
        self.not_understood: list[tuple[int, str]] = []
        self.jumps, self.changes, self.order = False, 0, ""

    def read_field(self, name: str, value: str, is_line: bool) -> None:
        """Read a field, on a line of its own or inside music."""
        if name == "V":
            self.read_voice(value)
        elif name == "I":
            self.read_midi(value)
        elif name == "U":
            self.symbols.add(value.strip()[:1])
        elif not self.in_body:
            self.read_header(name, value)
        elif name in "MLKQ":
            if is_line:
                self.waiting = [*self.waiting[-20:], (name, value)]
            else:
                self.apply(name, value, self.current())

    def read_header(self, name: str, value: str) -> None:
        """Read a field of the tune's header; K: ends the header."""
        if name == "T":
            self.title = self.title or value.strip()[:_MOST]
        elif name == "M":
            self.metre = parse_metre(value)
        elif name == "L":
            self.unit = parse_unit_length(value)
        elif name == "Q":
            self.tempo = parse_tempo(value)
        elif name == "P":
            self.order = value.strip()[:60]
        elif name == "K":
            self.key, self.key_field = parse_key(value) or {}, value
            self.is_drum = is_percussion(value)
            self.in_body = True

    def read_voice(self, value: str) -> None:
        """Read a V: field, which begins, describes or continues a voice."""
        name, _, description = value.strip().partition(" ")
        if not name:
            return
        if not self.in_body:
            self.declared[name] = f"{self.declared.get(name, '')} {description}"[-_MOST:]
            return
        for field in self.waiting:  # fields right before a V: field hold for all voices
            for voice in self.voices.values():
                self.apply(*field, voice)
        self.waiting = []
        self.voice = self.voices.get(name) or self.begin_voice(name)
        if description:
            self.voice.describe(description)

    def read_midi(self, value: str) -> None:
        """Read a directive; an instrument is of the last named voice, or else of all voices."""
        words = value.replace("=", " ", 1).split()[:4]
        if words[:1] == ["propagate-accidentals"]:
            self.accidentals = words[-1]
        elif words == ["MIDI", "nobarlines"]:
            self.accidentals = "not"
        is_known = len(words) > 2 and words[0] == "MIDI" and words[1] in _OF_MIDI
        description = f" {words[1]}={words[-1]}" if is_known else ""
        if self.voice:
            self.voice.describe(description)
        elif self.declared and not self.in_body:
            name = next(reversed(self.declared))
            self.declared[name] = (self.declared[name] + description)[-_MOST:]
        else:
            self.of_all = (self.of_all + description)[-_MOST:]

    def begin_voice(self, name: str) -> VoiceBuilder:
        """Begin a voice with the header's values and the voice's description."""
        if len(self.voices) == MAX_PARTS:
            raise ScoreError(f"has more than {MAX_PARTS} voices")
        voice = VoiceBuilder(name, self.unit, self.metre, self.key, self.is_drum)
        voice.transpose(self.key_field)
        self.voices[name] = voice
        voice.describe(self.of_all)
        voice.describe(self.declared.get(name, ""))
        return voice

    def current(self) -> VoiceBuilder:
        """Return the current voice; begin the first voice if there is none."""
        if self.voice is None:
            self.voice = self.begin_voice(next(iter(self.declared), "1"))
        return self.voice

    def apply(self, name: str, value: str, voice: VoiceBuilder) -> None:
        """Apply a change of metre, unit length, tempo or key to a voice."""
        self.changes += 1
        if self.changes > MAX_VOICE_CHANGES:
            raise ScoreError(f"has more than {MAX_VOICE_CHANGES} changes of key, metre and tempo")
        if name == "M":
            voice.set_metre(parse_metre(value))
        elif name == "L":
            voice.set_unit(parse_unit_length(value) or voice.unit)
        elif name == "Q" and (bpm := parse_tempo(value)) is not None:
            voice.bar.tempos.append((voice.at, bpm))
        elif name == "K":
            key = parse_key(value)
            voice.key = voice.key if key is None else key
            voice.transpose(value)

    def read_music(self, number: int, line: str) -> None:
        """Read a line of music; `number` is the line's number in the file."""
        if "|" in line:
            line = _EDGES.sub(lambda colon: ":|" if colon.start() else "|:", line)
        if not line.startswith("[V:"):
            for field in self.waiting:
                self.apply(*field, self.current())
            self.waiting = []
        for found in tokens(line):
            if isinstance(found, str) and found in self.symbols:
                continue
            if isinstance(found, str):
                self.not_understood.append((number, found))
            else:
                self.read_token(found)

    def read_token(self, found: re.Match) -> None:
        """Read a token, a match of `TOKEN`."""
        if found["field"]:
            self.read_field(found["field"], found["value"], is_line=False)
            return
        voice = self.current()
        if found["note"] or found["chord"] or found["rest"]:
            voice.signs = {}
        if found["words"]:
            self.jumps = self.jumps or _JUMPS.match(found["words"]) is not None
        elif found["chord"]:
            self.read_chord(voice, found)
        elif found["bar"]:
            voice.end_bar(found["bar"])
            if found["number"]:
                voice.ending = parse_ending(found["number"][:100])
        elif found["ending"]:
            if voice.bar.length:
                voice.end_bar()
            voice.ending = parse_ending(found["ending"][:100])
        elif found["note"]:
            note = self.read_note(voice, NOTE.match(found["note"]))
            voice.add([note], note[1])
        elif found["rest"]:
            length = parse_duration(found["rest_length"])
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
        elif found["tie_apart"]:
            voice.tie_last()

    def read_chord(self, voice: VoiceBuilder, found: re.Match) -> None:
        """Read a chord and add its notes to a voice."""
        text = re.sub(r'"[^"]*"|![^!]*!', "", found["chord"])
        notes = [self.read_note(voice, note) for note in NOTE.finditer(text)]
        if not notes:
            return
        factor, is_tied = parse_duration(found["chord_length"]), found["chord_tie"] is not None
        if not factor:
            raise ScoreError(f"has a chord without length, {found[0][:20]}")
        notes = [(pitch, length * factor, tie or is_tied) for pitch, length, tie in notes]
        if is_tied:
            voice.held |= voice.signs
        voice.add(notes, notes[0][1])

    def read_note(self, voice: VoiceBuilder, found: re.Match) -> tuple[int, Fraction, bool]:
        """Read a note as (pitch, length in quarter notes, whether it is tied)."""
        note = found["letter"], found["marks"]
        sign = voice.find_accidental(note, ACCIDENTALS.get(found["sign"]), self.accidentals)
        pitch = midi_pitch(*note, sign) + voice.shift + voice.clef_shift
        if found["tie"]:
            voice.held[note] = sign
        length = parse_duration(found["length"]) * voice.unit
        if not length:
            raise ScoreError(f"has a note without length, {found[0]}")
        return min(127, max(0, pitch)), length, found["tie"] is not None

    def finish(self) -> tuple[Score, tuple[str, ...]]:
        """Make the score from what was read, with warnings."""
        warnings = self.left_out()
        for voice in self.voices.values():
            voice.end_bar()
        lines = [voice for voice in self.voices.values() if any(bar.notes for bar in voice.bars)]
        orders = [voice.order() for voice in lines]
        if sum(map(len, orders)) > MAX_VOICE_BARS:
            raise ScoreError(f"has more than {MAX_VOICE_BARS} bars in all its voices")
        tempos = {} if self.tempo is None else {Fraction(0): self.tempo}
        voices = []
        for voice, order in zip(lines, orders, strict=True):
            for other, longer in zip(lines, orders, strict=True):
                if len(order) == len(voice.bars) == len(other.bars) < len(longer):
                    order = longer
                    warnings.append(f"voice {voice.name} is repeated as voice {other.name} is")
                    break
            voices.append(voice.played(order, tempos))
            if sum(len(other.notes) for other in voices) > MAX_NOTES:
                raise ScoreError(f"has more than {MAX_NOTES} notes")
            warnings += voice.misfits()
        lengths = {sum(bar.length for bar in voice.bars) for voice in voices}
        if len(lengths) > 1:
            some = f"{float(min(lengths)):g} {'to' if len(lengths) > 2 else 'and'}"
            warnings.append(f"its voices last {some} {float(max(lengths)):g} quarter notes")
        return to_score(voices, tempos, self.title), tuple(warnings)

    def left_out(self) -> list[str]:
        """List warnings of the parts of the tune that are not played."""
        warnings = []
        if self.not_understood:
            (number, sign), *others = self.not_understood
            many = f" and {len(others)} more" if others else ""
            warnings.append(f"{sign!r} in line {number}{many} is no ABC: left out")
        if self.jumps:
            warnings.append("its jumps, such as D.C., are not played")
        if len(self.order) > 1:
            warnings.append(f"its order of parts, P:{self.order}, is not played")
        return warnings
