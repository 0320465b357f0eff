"""Written music, counted in quarter notes, -> a score, counted in seconds.

What the readers of ABC and MusicXML have in common. Places and lengths are `Fraction`s of quarter
notes, repeats already played out.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from mathrock.music.grid import beat_grid
from mathrock.music.score import DEFAULT_TEMPO, Metre, Note, Part, Score, Tempo, drop_repeated

UNTOLD = 0  # the velocity of a note of which nothing is said
UNNAMED = -1  # the program of a part that names no instrument
SLOWEST, FASTEST = 10, 1000  # quarter notes a minute
LONGEST = 20 * 60  # seconds
FINEST = 32  # denominator of a bar's own metre
MOST = 32  # numerator of it


class NotationError(ValueError):
    """The file cannot be used; the message says why and follows the file's name."""


class Written(NamedTuple):
    """A note: where it starts, how long it is; `is_tied` to the next one of its pitch."""

    start: Fraction
    length: Fraction
    pitch: int
    is_tied: bool = False


class Bar(NamedTuple):
    """Where a bar starts, how long it is, and its metre, (numerator, denominator), if any."""

    start: Fraction
    length: Fraction
    metre: tuple[int, int] | None


class Voice(NamedTuple):
    """The notes of an instrument, ordered, and its bars."""

    name: str
    notes: list[Written]
    bars: list[Bar]
    program: int = UNNAMED
    is_drum: bool = False


def to_score(voices: Iterable[Voice], tempos: Mapping[Fraction, float], title: str = "") -> Score:
    """The score, a part for each voice with notes; no note says how loud it is.

    It has no metre where none is written and no bar line tells.

    Args:
        tempos: place -> quarter notes a minute from there on.

    Raises:
        NotationError: a tempo that nobody plays, or more than 20 minutes.
    """
    voices = [voice._replace(notes=joined(voice.notes)) for voice in voices if voice.notes]
    ruler = _ruler(tempos)
    clock = beat_grid(ruler, 1)
    end = max((note.start + note.length for voice in voices for note in voice.notes), default=0)
    if clock.seconds(end) > LONGEST:
        minutes = clock.seconds(end) / 60
        raise NotationError(f"lasts {minutes:.0f} minutes, more than {LONGEST // 60}")
    parts = [
        Part(
            voice.name,
            [
                Note(clock.seconds(start), clock.seconds(start + length), pitch, UNTOLD)
                for start, length, pitch, _ in voice.notes
            ],
            voice.program,
            voice.is_drum,
        )
        for voice in voices
    ]
    metres = [Metre(clock.seconds(at), *metre) for at, metre in _metres(voices, end)]
    return Score(parts, ruler, drop_repeated(metres) if metres else (), title)


def joined(notes: Iterable[Written]) -> list[Written]:
    """The notes, ordered, with those that are tied made one."""
    done, open_notes = [], {}
    for note in sorted(notes):
        last = open_notes.pop(note.pitch, None)
        if last is not None and done[last].start + done[last].length == note.start:
            done[last] = done[last]._replace(length=done[last].length + note.length)
            at = last
        else:
            at = len(done)
            done.append(note._replace(is_tied=False))
        if note.is_tied:
            open_notes[note.pitch] = at
    return done


def _ruler(tempos: Mapping[Fraction, float]) -> tuple[Tempo, ...]:
    """The tempo map, which begins at 0."""
    places = {Fraction(0): DEFAULT_TEMPO, **tempos}
    found, last = [], Fraction(0)
    for at in sorted(places):
        bpm = float(places[at])
        if not SLOWEST <= bpm <= FASTEST:
            raise NotationError(f"asks for a tempo of {bpm:g} quarter notes a minute")
        passed = float(at - last) * 60 / found[-1].bpm if found else 0.0
        found.append(Tempo((found[-1].time if found else 0.0) + passed, bpm))
        last = at
    return drop_repeated(found)


def _metres(voices: list[Voice], end: Fraction) -> list[tuple[Fraction, tuple[int, int]]]:
    """Each bar's metre: that of a voice whose bar it fits, or one of its own where it fits none.

    There is none where music in free metre has no bar lines either.
    """
    fitting = {
        (bar.start, bar.length): bar.metre
        for voice in voices
        for bar in voice.bars
        if bar.metre and bar.length == _quarters(bar.metre)
    }
    leader = max((voice.bars for voice in voices), key=len, default=[])
    bars = [bar for bar in leader if bar.start < end]
    if len(bars) == 1 and not bars[0].metre:
        return []
    found = [(bar.start, fitting.get((bar.start, bar.length)) or own_metre(bar)) for bar in bars]
    return found if found and found[0][0] == 0 else [(Fraction(0), (4, 4)), *found]


def own_metre(bar: Bar) -> tuple[int, int]:
    """A metre as long as the bar; the one that is written, where there is none."""
    written = bar.metre or (4, 4)
    denominator = max(written[1], (bar.length / 4).denominator)
    numerator = bar.length / 4 * denominator
    if numerator.denominator > 1 or numerator > MOST or denominator > FINEST or not numerator:
        return written
    return (int(numerator), denominator) if denominator & (denominator - 1) == 0 else written


def _quarters(metre: tuple[int, int]) -> Fraction:
    return Fraction(4 * metre[0], metre[1])
