"""Build the voices of an ABC tune: collect bars while they are read, then unfold them."""

import re
from fractions import Fraction

from mathrock.files.limits import MAX_BARS, MAX_CHANGES, MAX_NOTES
from mathrock.formats.abc.fields import (
    default_unit_length,
    is_percussion,
    parse_clef_shift,
    parse_program,
    parse_transposition,
)
from mathrock.formats.errors import ScoreError
from mathrock.formats.notation import Bar, NotatedNote, Voice, metre_from_length
from mathrock.formats.repeats import RepeatSigns, unfold
from mathrock.music.score import NO_PROGRAM

MOST_SIGNS = 20  # of a bar line that are read
MOST_LETTERS = 60  # of a voice's name
_NAME = re.compile(r'\b(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))')


class BarBuilder:
    """A notated bar: notes counted from its start, tempo changes, repeat signs."""

    def __init__(self, metre: tuple[int, int] | None):
        self.notes: list[NotatedNote] = []
        self.tempos: list[tuple[Fraction, float]] = []
        self.metre = metre
        self.length = Fraction(0)
        self.opens, self.closes, self.ending = False, 0, ()


class VoiceBuilder:
    """A voice while it is read; lengths are in quarter notes."""

    def __init__(self, name: str, unit: Fraction | None, metre, key: dict, is_drum: bool):
        self.name, self.is_drum = name[:MOST_LETTERS], is_drum
        self.shift, self.clef_shift = 0, 0  # semitones
        self.count = 0  # of notes
        self.program = NO_PROGRAM
        self.metre, self.key, self._unit = metre, dict(key), unit
        self.bars: list[BarBuilder] = []
        self.bar = BarBuilder(metre)
        self.at = Fraction(0)
        self.in_bar: dict[str | tuple[str, str], int] = {}  # accidentals, by their scope
        self.held: dict[tuple[str, str], int] = {}  # those of tied notes
        self.signs: dict[tuple[str, str], int] = {}  # those of the last note or chord
        self.last: tuple[int, Fraction] | None = None  # for broken rhythm: first note, start
        self.next_factor = Fraction(1)
        self.tuplet, self.in_tuplet = Fraction(1), 0
        self.ending: tuple[int, ...] = ()

    @property
    def unit(self) -> Fraction:
        """Return the unit note length in quarter notes."""
        return self._unit or default_unit_length(self.metre)

    def describe(self, description: str) -> None:
        """Apply the properties of a V: field: transposition, instrument, name."""
        self.transpose(description)
        program = parse_program(description)
        self.program = self.program if program is None else program
        self.is_drum = self.is_drum or is_percussion(description)
        if name := _NAME.search(description):
            self.name = (name[1] or name[2])[:MOST_LETTERS]

    def transpose(self, description: str) -> None:
        """Set the transpositions to those of a K: or V: field, if the field has any."""
        shift, clef_shift = parse_transposition(description), parse_clef_shift(description)
        self.shift = self.shift if shift is None else shift
        self.clef_shift = self.clef_shift if clef_shift is None else clef_shift

    def set_unit(self, unit: Fraction) -> None:
        """Set the unit note length in quarter notes."""
        self._unit = unit

    def set_metre(self, metre: tuple[int, int] | None) -> None:
        """Change the metre from the current bar on."""
        self._unit = self.unit  # only the first metre decides the unit length
        self.metre = metre
        if not self.bar.length:
            self.bar.metre = metre

    def add(self, pitches: list[tuple[int, Fraction, bool]], length: Fraction) -> None:
        """Add simultaneous notes (pitch, length, is_tied), or none for a rest, then advance.

        Raises:
            ScoreError: the voice has too many notes.
        """
        factor = self.next_factor
        self.next_factor = Fraction(1)
        if self.in_tuplet:
            factor *= self.tuplet
            self.in_tuplet -= 1
        self.last = (len(self.bar.notes), self.at)
        for pitch, lasts, is_tied in pitches:
            self.bar.notes.append(NotatedNote(self.at, lasts * factor, pitch, is_tied))
        self.count += len(pitches)
        if self.count > MAX_NOTES:
            raise ScoreError(f"has more than {MAX_NOTES} notes")
        self.at += length * factor
        self.bar.length = max(self.bar.length, self.at)

    def find_accidental(self, note: tuple[str, str], written: int | None, scope: str) -> int:
        """Find the semitones by which a note, a letter with octave marks, is raised.

        What is written holds in the bar for the letter in all octaves if the scope is "pitch", in
        one if it is "octave", and for this note alone if it is "not".
        """
        letter = note[0].upper()
        place = letter if scope == "pitch" else note
        sign = self.held.pop(note, self.in_bar.get(place, self.key.get(letter, 0)))
        if written is not None and scope != "not":
            self.in_bar[place] = written
        self.signs[note] = sign if written is None else written
        return self.signs[note]

    def tie_last(self) -> None:
        """Tie the last note or chord, whose tie stands apart from it, perhaps after a bar line."""
        if not self.signs:  # nothing was played since a rest or the last tie
            return
        notes = self.bar.notes or (self.bars[-1].notes if self.bars else [])
        last = notes[-1].start if notes else 0
        for index in range(len(notes) - 1, -1, -1):
            if notes[index].start != last:
                break
            notes[index] = notes[index]._replace(is_tied=True)
        self.held |= self.signs
        self.signs = {}

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
        self.last = None

    def begin_tuplet(self, notes: int, in_time: str | None, of: str | None) -> None:
        """Begin a tuplet (p:q:r: p notes in the time of q, for the next r notes."""
        is_compound = bool(self.metre) and self.metre[1] >= 8 and self.metre[0] in (6, 9, 12)
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(notes, 3 if is_compound else 2)
        if notes:
            self.tuplet = Fraction(int(in_time or usual) or usual, notes)
            self.in_tuplet = int(of or notes)

    def overlay(self) -> None:
        """Go back to the start of the bar, where the notes that follow `&` begin."""
        self.at, self.last = Fraction(0), None

    def end_bar(self, sign: str = "|") -> None:
        """End the bar at a bar line, with the repeats that the line closes and opens.

        Raises:
            ScoreError: the voice has too many bars.
        """
        sign = sign[:MOST_SIGNS]
        closing = max(map(len, re.findall(r":+(?=[|\[.])", sign)), default=0)
        closes = closing if "|" in sign else len(sign) // 2
        opens = sign.endswith(":")
        if len(self.bars) >= MAX_BARS:
            raise ScoreError(f"has more than {MAX_BARS} bars")
        if self.bar.length:
            self.bar.ending = self.ending
            self.bars.append(self.bar)
            was_open, self.bar = False, BarBuilder(self.metre)
        else:
            was_open = self.bar.opens
            tempos, self.bar = self.bar.tempos, BarBuilder(self.metre)
            self.bar.tempos = tempos
        if closes and self.bars:
            self.bars[-1].closes = max(self.bars[-1].closes, closes)
        if closes or opens or "||" in sign or "]" in sign or sign.startswith("["):
            self.ending = ()
        self.bar.opens = opens or was_open
        self.overlay()
        self.in_bar = {}

    def rest_bars(self, count: int) -> None:
        """Add whole bars of rest.

        Raises:
            ScoreError: the voice has too many bars.
        """
        if len(self.bars) + count > MAX_BARS:
            raise ScoreError(f"has more than {MAX_BARS} bars")
        for number in range(count):
            if number:
                self.end_bar()
            self.add([], Fraction(4 * self.metre[0], self.metre[1]) if self.metre else Fraction(4))

    def order(self) -> list[int]:
        """Return the indices of the bars with repeats unfolded."""
        return unfold([RepeatSigns(bar.opens, min(bar.closes, 8), bar.ending) for bar in self.bars])

    def played(self, order: list[int], tempos: dict[Fraction, float]) -> Voice:
        """Make the voice with its bars in this order, and add its tempo changes to `tempos`."""
        if sum(len(self.bars[index].notes) for index in order) > MAX_NOTES:
            raise ScoreError(f"has more than {MAX_NOTES} notes")
        notes, bars, at = [], [], Fraction(0)
        for index in order:
            bar = self.bars[index]
            notes += [note._replace(start=at + note.start) for note in bar.notes]
            tempos.update({at + start: bpm for start, bpm in bar.tempos})
            if len(tempos) > MAX_CHANGES:
                raise ScoreError(f"has more than {MAX_CHANGES} changes of tempo")
            bars.append(Bar(at, bar.length, bar.metre))
            at += bar.length
        return Voice(self.name, notes, bars, self.program, self.is_drum)

    def misfits(self) -> list[str]:
        """List a warning if bars differ from their metre and are no upbeat and end no section."""
        wrong = [
            (number, bar)
            for number, bar in enumerate(self.bars[1:-1], 2)
            if bar.metre and bar.length != Fraction(4 * bar.metre[0], bar.metre[1])
            if not (bar.closes or bar.opens or self.bars[number - 2].closes)
        ]
        if not wrong:
            return []
        number, bar = wrong[0]
        lasts = metre_from_length(Bar(Fraction(0), bar.length, bar.metre))
        many = f" ({len(wrong)} bars do not fit)" if len(wrong) > 1 else ""
        return [
            f"bar {number} of voice {self.name} lasts {lasts[0]}/{lasts[1]}, not"
            f" {bar.metre[0]}/{bar.metre[1]}{many}"
        ]
