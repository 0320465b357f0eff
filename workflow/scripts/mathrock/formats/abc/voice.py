"""A voice of ABC: bars that grow while it is read, and how they are played."""

from fractions import Fraction

from mathrock.formats.abc.fields import usual_length
from mathrock.formats.notation import UNNAMED, Bar, NotationError, Voice, Written, own_metre
from mathrock.formats.repeats import Signs, play_order

MOST_NOTES = 100_000  # of a voice as it is played
MOST_BARS = 20_000  # of a voice as it is written: 20 minutes of quarter notes at the fastest tempo


class WrittenBar:
    """A bar as it is written: notes counted from its start, tempo changes, signs."""

    def __init__(self, metre: tuple[int, int] | None):
        self.notes: list[Written] = []
        self.tempos: list[tuple[Fraction, float]] = []
        self.metre = metre
        self.length = Fraction(0)
        self.opens, self.closes, self.ending = False, 0, ()


class WrittenVoice:
    """A voice while it is read; lengths are quarter notes."""

    def __init__(self, name: str, unit: Fraction | None, metre, key: dict, shift: int, drums: bool):
        self.name, self.shift, self.is_drum = name, shift, drums
        self.program = UNNAMED
        self.metre, self.key, self._unit = metre, dict(key), unit
        self.bars: list[WrittenBar] = []
        self.bar = WrittenBar(metre)
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

    def begin_tuplet(self, notes: int, in_time: str | None, of: str | None) -> None:
        """(p:q:r: p notes in the time of q, for the next r notes."""
        is_compound = bool(self.metre) and self.metre[1] >= 8 and self.metre[0] in (6, 9, 12)
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(notes, 3 if is_compound else 2)
        if notes:
            self.tuplet = Fraction(int(in_time or usual) or usual, notes)
            self.in_tuplet = int(of or notes)

    def overlay(self) -> None:
        """What follows begins where the bar does."""
        self.at, self.last = Fraction(0), None

    def end_bar(self, sign: str = "|") -> None:
        """A bar line: what it closes, and what it opens."""
        closes = len(sign) - len(sign.lstrip(":")) if "|" in sign else len(sign) // 2
        opens = sign.endswith(":")
        if self.bar.length:
            self.bar.ending = self.ending
            self.bars.append(self.bar)
            was_open, self.bar = False, WrittenBar(self.metre)
        else:
            was_open = self.bar.opens
            tempos, self.bar = self.bar.tempos, WrittenBar(self.metre)
            self.bar.tempos = tempos
        if closes and self.bars:
            self.bars[-1].closes = max(self.bars[-1].closes, closes)
        if closes or opens or "||" in sign or "]" in sign or sign.startswith("["):
            self.ending = ()
        self.bar.opens = opens or was_open
        self.overlay()
        self.in_bar = {}

    def rest_bars(self, count: int) -> None:
        if len(self.bars) + count > MOST_BARS:
            raise NotationError(f"has more than {MOST_BARS} bars")
        for number in range(count):
            if number:
                self.end_bar()
            self.add([], Fraction(4 * self.metre[0], self.metre[1]) if self.metre else Fraction(4))

    def order(self) -> list[int]:
        """Indices of the bars as their signs have them played."""
        return play_order([Signs(bar.opens, min(bar.closes, 8), bar.ending) for bar in self.bars])

    def played(self, order: list[int], tempos: dict[Fraction, float]) -> Voice:
        """The voice in this order; what it says of tempo goes to `tempos`."""
        if sum(len(self.bars[index].notes) for index in order) > MOST_NOTES:
            raise NotationError(f"has more than {MOST_NOTES} notes")
        notes, bars, at = [], [], Fraction(0)
        for index in order:
            bar = self.bars[index]
            notes += [note._replace(start=at + note.start) for note in bar.notes]
            tempos.update({at + start: bpm for start, bpm in bar.tempos})
            bars.append(Bar(at, bar.length, bar.metre))
            at += bar.length
        return Voice(self.name, notes, bars, self.program, self.is_drum)

    def misfits(self) -> list[str]:
        """Bars that are no upbeat, nor end a repeat or the tune, and not as long as the metre."""
        wrong = [
            (number, bar)
            for number, bar in enumerate(self.bars[1:-1], 2)
            if bar.metre and bar.length != Fraction(4 * bar.metre[0], bar.metre[1])
            if not (bar.closes or bar.opens or self.bars[number - 2].closes)
        ]
        if not wrong:
            return []
        number, bar = wrong[0]
        lasts = own_metre(Bar(Fraction(0), bar.length, bar.metre))
        many = f" ({len(wrong)} bars do not fit)" if len(wrong) > 1 else ""
        return [
            f"bar {number} of voice {self.name} lasts {lasts[0]}/{lasts[1]}, not"
            f" {bar.metre[0]}/{bar.metre[1]}{many}"
        ]
