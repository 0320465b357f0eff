"""Songs made into others: bars cut or joined to odd metres, other speeds, keys and instruments."""

import math
from collections.abc import Iterator
from itertools import cycle

import numpy as np

from bars import Bar, bars_of
from mathrock.music.grid import beat_grid
from mathrock.music.score import Metre, Note, Score, Tempo

# What bars of 4/4 become, over and over: each begins as the next of them; a longer one takes two,
# and a 2/4 repeats the first half of the bar before it.
ODD_METRES = ("7/8", "3/4", "7/8 3/4", "4/4 4/4 4/4 7/8", 8 * "4/4 " + "2/4", "5/4", "7/4")
ODD_METRES += ("9/8", "11/8")
EARLY = 0.02  # quarter notes by which a note may come before the bar that it belongs to
SHORTEST = 0.05  # quarter notes that a note at the end of a cut bar lasts
BASSES, GUITARS_AND_PIANO = range(32, 37), (0, 25, 26, 27, 28, 29, 30, 31)  # programs
LOWEST, HIGHEST = 21, 108  # pitches


def recut(score: Score, metres: str) -> Score:
    """The score with its bars of 4/4 in `metres`, such as "7/8 3/4", at its first tempo throughout.

    What does not fit into a shorter bar is left out; bars of other metres stay as they are.
    """
    clock, bpm = beat_grid(score.tempos, 1), score.tempos[0].bpm
    timed = [
        [(clock.steps(note.onset), clock.steps(note.offset), note) for note in part.notes]
        for part in score.parts
    ]
    made = [[] for _ in score.parts]
    changes, line = [], 0.0  # line: the quarter note at which the next bar begins
    for start, metre in _sources(bars_of(score), metres):
        change = Metre(line * 60 / bpm, *_counted(metre))
        if not changes or changes[-1][1:] != change[1:]:
            changes.append(change)
        length = _quarters(metre)
        for old, new in zip(timed, made, strict=True):
            new += _moved(old, start, length, line, 60 / bpm)
        line += length
    parts = [part._replace(notes=sorted(new)) for part, new in zip(score.parts, made, strict=True)]
    return Score(parts, (Tempo(0.0, bpm),), tuple(changes), score.title)


def _sources(bars: list[Bar], metres: str) -> Iterator[tuple[float, str]]:
    """The metre of each new bar and the quarter note of the song at which its notes begin."""
    wanted, number = cycle(metres.split()), 0
    while number < len(bars):
        bar = bars[number]
        metre = next(wanted) if bar.metre == "4/4" else bar.metre
        repeats = metre == "2/4" and bar.metre == "4/4"
        yield bars[number - repeats].start, metre
        number += 0 if repeats else math.ceil(_quarters(metre) / bar.length)


def _moved(
    notes: list[tuple[float, float, Note]], start: float, length: float, to: float, seconds: float
) -> list[Note]:
    """The notes that begin in the `length` quarter notes from `start` on, moved to `to`, each
    quarter note `seconds` long; they end there."""
    moved = []
    for onset, offset, note in notes:
        if start - EARLY <= onset < start + length - EARLY:
            offset = max(min(offset, start + length), onset + SHORTEST)
            times = [max(0.0, time - start + to) * seconds for time in (onset, offset)]
            moved.append(Note(*times, note.pitch, note.velocity))
    return moved


def _counted(metre: str) -> tuple[int, int]:
    numerator, denominator = metre.split("/")
    return int(numerator), int(denominator)


def _quarters(metre: str) -> float:
    numerator, denominator = _counted(metre)
    return 4 * numerator / denominator


def varied(score: Score, rng: np.random.Generator, speed: float = 1.0) -> Score:
    """The score transposed by up to four semitones and `speed` times as fast; some of its parts are
    left out or get other instruments."""
    shift = int(rng.integers(-4, 5))
    parts = []
    for part in score.parts:
        pitched, program = not part.is_drum, part.program
        if pitched and len(score.parts) > 2 and rng.random() < 0.15:
            continue
        if pitched and rng.random() < 0.35:
            is_bass = program // 8 == 4
            program = int(rng.choice(BASSES if is_bass else GUITARS_AND_PIANO))
        notes = [
            Note(
                note.onset / speed,
                note.offset / speed,
                int(np.clip(note.pitch + shift, LOWEST, HIGHEST)) if pitched else note.pitch,
                note.velocity,
            )
            for note in part.notes
        ]
        parts.append(part._replace(notes=notes, program=program))
    tempos = tuple(Tempo(time / speed, bpm * speed) for time, bpm in score.tempos)
    metres = tuple(metre._replace(time=metre.time / speed) for metre in score.metres)
    return Score(parts, tempos, metres, score.title)
