"""Convert notated music, counted in quarter notes, to a score, counted in seconds.

The readers of ABC, MusicXML and Guitar Pro share this module.

Conventions: positions and lengths are `Fraction`s of quarter notes; repeats are already unfolded.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from mathrock.files.limits import MAX_SCORE_SECONDS
from mathrock.formats.errors import ScoreError
from mathrock.music.grid import beat_grid
from mathrock.music.score import (
    DEFAULT_TEMPO,
    NO_PROGRAM,
    NO_VELOCITY,
    Metre,
    Note,
    Part,
    Score,
    Tempo,
    drop_repeated,
)

SLOWEST, FASTEST = 10, 1000  # quarter notes a minute
MAX_DENOMINATOR = 32  # of a metre that is derived from a bar's length
MAX_NUMERATOR = 32


class NotatedNote(NamedTuple):
    """A notated note: its start, its length, and whether it `is_tied` to the next of its pitch."""

    start: Fraction
    length: Fraction
    pitch: int
    is_tied: bool = False
    velocity: int = NO_VELOCITY


class Bar(NamedTuple):
    """A notated bar: its start, its length and its metre, (numerator, denominator), if any."""

    start: Fraction
    length: Fraction
    metre: tuple[int, int] | None


class Voice(NamedTuple):
    """A voice: the notes of an instrument, ordered, and its bars."""

    name: str
    notes: list[NotatedNote]
    bars: list[Bar]
    program: int = NO_PROGRAM
    is_drum: bool = False


def to_score(voices: Iterable[Voice], tempos: Mapping[Fraction, float], title: str = "") -> Score:
    """Convert voices to a score with a part for each voice that has notes.

    The score has no metre if the voices have neither a metre nor bar lines.

    Args:
        tempos: position -> quarter notes a minute from this position on.

    Raises:
        ScoreError: a tempo is out of range, or the score is too long.
    """
    voices = [voice._replace(notes=merge_ties(voice.notes)) for voice in voices if voice.notes]
    tempo_map = _tempo_map(tempos)
    clock = beat_grid(tempo_map, 1)
    end = max((note.start + note.length for voice in voices for note in voice.notes), default=0)
    if clock.seconds(end) > MAX_SCORE_SECONDS:
        minutes = clock.seconds(end) / 60
        raise ScoreError(f"lasts {minutes:.0f} minutes, more than {MAX_SCORE_SECONDS // 60}")
    parts = [
        Part(
            voice.name,
            [
                Note(clock.seconds(start), clock.seconds(start + length), pitch, velocity)
                for start, length, pitch, _, velocity in voice.notes
            ],
            voice.program,
            voice.is_drum,
        )
        for voice in voices
    ]
    metres = [Metre(clock.seconds(at), *metre) for at, metre in _metres(voices, end)]
    return Score(parts, tempo_map, drop_repeated(metres) if metres else (), title)


def merge_ties(notes: Iterable[NotatedNote]) -> list[NotatedNote]:
    """Merge tied notes into one note each; the result is ordered."""
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


def _tempo_map(tempos: Mapping[Fraction, float]) -> tuple[Tempo, ...]:
    """Make the tempo map, which begins at 0 s."""
    places = {Fraction(0): DEFAULT_TEMPO, **tempos}
    found, last = [], Fraction(0)
    for at in sorted(places):
        bpm = float(places[at])
        if not SLOWEST <= bpm <= FASTEST:
            raise ScoreError(f"asks for a tempo of {bpm:g} quarter notes a minute")
        passed = float(at - last) * 60 / found[-1].bpm if found else 0.0
        found.append(Tempo((found[-1].time if found else 0.0) + passed, bpm))
        last = at
    return drop_repeated(found)


def _metres(voices: list[Voice], end: Fraction) -> list[tuple[Fraction, tuple[int, int]]]:
    """List the metre of each bar with its position.

    A bar gets the metre of a voice that has a bar of this length there, or else a metre made from
    the bar's length. The list is empty for music without a metre and without bar lines.
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
    found = [
        (bar.start, fitting.get((bar.start, bar.length)) or metre_from_length(bar)) for bar in bars
    ]
    return found if found and found[0][0] == 0 else [(Fraction(0), (4, 4)), *found]


def metre_from_length(bar: Bar) -> tuple[int, int]:
    """Find a metre of the bar's length; the notated metre if there is no such metre."""
    written = bar.metre or (4, 4)
    denominator = max(written[1], (bar.length / 4).denominator)
    numerator = bar.length / 4 * denominator
    if (
        numerator.denominator > 1
        or numerator > MAX_NUMERATOR
        or denominator > MAX_DENOMINATOR
        or not numerator
    ):
        return written
    return (int(numerator), denominator) if denominator & (denominator - 1) == 0 else written


def _quarters(metre: tuple[int, int]) -> Fraction:
    return Fraction(4 * metre[0], metre[1])
