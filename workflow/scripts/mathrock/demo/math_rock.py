"""Compose short math-rock pieces from a seed: demo songs of the project's own.

A piece is data, in `math_rock_pieces`. `compose` writes each riff once as tablature, so that it
recurs note for note, varies the riff where the form says so, and then performs the tablature with
metric accents and a player's small deviations. Tablature has one character per sixteenth:

    .        no note begins; sounding notes ring on
    0 to 5   a tone of the voicing, counted from the lowest
    a to d   two tones at once, the first to fourth with the one two above it
    =        the previous tone again; before a bar's first tone, that is tone 1
    ^ _      hammer-on or pull-off, one step of the scale above or below the previous tone
    > <      the same, two steps
"""

import zlib
from itertools import count, cycle, islice
from typing import NamedTuple

import numpy as np

from mathrock.demo.math_rock_pieces import PIECES, Piece, Riff
from mathrock.demo.players import BAR_ACCENT, GROUP_ACCENT, Stroke, cut_notes, humanise
from mathrock.music.score import Metre, Note, Part, Score, Tempo, drop_repeated

TONICS = {"C": 0, "C#": 1, "D": 2, "E": 4, "F": 5, "F#": 6, "G": 7, "A": 9, "Bb": 10, "B": 11}
MODES = {
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
}
# Open voicings, in steps of the scale above the root: wide below and close on top, as on a guitar.
SHAPES = {
    "9": (0, 4, 6, 8, 9, 11),
    "11": (0, 4, 6, 9, 10, 13),
    "6/9": (0, 4, 5, 8, 9, 11),
    "add9": (0, 4, 7, 8, 9, 11),
    "sus2": (0, 1, 4, 7, 8, 11),
    "sus4": (0, 3, 4, 7, 10, 11),
}

# What the two guitars play in an accent group of 2 or 3 eighths: one plays where the other rests.
# fmt: off
HOCKETS = {
    2: ["0.2. .4.4", "03.. ..4=", "0..0 .4=.", "4.3. .2.^", "0=.. ..5_",
        "0.4^ .3..", ".2.= 4.=.", "2.4= .3..", "0.3_ .5.3", "0... .4=^"],
    3: ["0.2.4. .3.5.3", "024... ...543", "0=.2.= ..4.=.", "0..2.. .4=.5=",
        "0^.4.. ..3.5_", "0.4=.3 .2..5.", "0...4= .35_..", "02.02. ..4..="],
}
# fmt: on
RUNS = {2: ["xxxx", "x.xx", "xxx.", "x.x."], 3: ["x.xx.x", "xxxx.x", "x.x.xx", "xx.xx."]}
MOVES = {"=": 0, "^": 1, "_": -1, ">": 2, "<": -2}
MOVE_CHANCES = [0.34, 0.22, 0.22, 0.11, 0.11]
ENDING = ("0.1.3", ".2.4.5", "0")
HIGHER = str.maketrans("234abc", "345bcd")
CROSS = {"poly3": "0.4", "poly5": "03.4="}  # figures that ignore the bar line
STEADY = {2: ["4.3.", "b.4.", "3.=.", "..4="], 3: ["b..3..", "4.=.3.", "..4=.."]}
BACKING = {2: ["a...", "b...", "c..."], 3: ["a.....", "b.....", "c..a.."]}
BASS = {2: ["0...", "0.=.", "0..2", "0.1."], 3: ["0..=..", "0...2.", "0.=.1."]}

KICK, SNARE, CLOSED_HAT, OPEN_HAT, CRASH = 36, 38, 42, 46, 49  # General MIDI drum kit
GHOST_CHANCE = 0.12

LEGATO_DROP = 9  # velocity
LONGEST_TONE, LONGEST_DYAD = 6, 12  # sixteenths that a string rings after it is struck
ENDING_SECONDS = 2.6  # that the last chord is held
RING = 1.5  # sixteenths that a string rings on after the next one is struck


class _Bar(NamedTuple):
    """A bar in time; its `tabs` are those of the left guitar, the right guitar and the bass."""

    start: float
    bpm: float
    groups: list[int]  # eighths
    denominator: int
    chord: str
    tabs: tuple[str, str, str]
    opens: bool  # whether it is the first of a riff
    drums: bool
    held: bool = False

    @property
    def slot(self) -> float:
        """Compute the length of a sixteenth in seconds."""
        return 15 / self.bpm

    @property
    def numerator(self) -> int:
        """Compute the numerator of the bar's metre."""
        return sum(self.groups) * self.denominator // 8

    @property
    def slots(self) -> int:
        """Count the bar's sixteenths."""
        return 2 * sum(self.groups)

    @property
    def end(self) -> float:
        """Compute the bar's end in seconds."""
        return self.start + self.slots * self.slot

    @property
    def accents(self) -> list[int]:
        """List the slots at which the groups begin."""
        return [2 * sum(self.groups[:place]) for place in range(len(self.groups))]

    def perform(self, slot: int, base: float, rng: np.random.Generator) -> tuple[float, int]:
        """Give a slot's onset and velocity: `base`, metric accent and a player's deviations."""
        accent = BAR_ACCENT if slot == 0 else GROUP_ACCENT * (slot in self.accents)
        return humanise(self.start + slot * self.slot, base + accent, rng)


def compose(name: str, seed: int = 0) -> Score:
    """Compose the piece `name` of `PIECES`; the same seed gives the same Score.

    The parts are "Guitar L" and "Guitar R" (MIDI pitches 40 to 88), "Bass" (28 to 55) and, in some
    pieces, "Drums". Times are seconds from the start, velocities 25 to 122, tempos quarter notes a
    minute. Pieces last 30 to 60 s; metres and tempos change only on bar lines.

    Args:
        name: A key of `PIECES`.
        seed: Any whole number from 0 on.

    Raises:
        ValueError: there is no such piece, or the seed is negative.
    """
    if name not in PIECES:
        raise ValueError(f"no piece is called {name!r}; there are {', '.join(PIECES)}")
    return compose_piece(PIECES[name], np.random.default_rng([seed, zlib.crc32(name.encode())]))


def compose_piece(piece: Piece, rng: np.random.Generator) -> Score:
    """Compose a piece, see `compose`, with the players' deviations drawn from `rng`."""
    bars = _lay_out(piece, rng)
    parts = []
    for index, (part, program) in enumerate([("Guitar L", 27), ("Guitar R", 26), ("Bass", 33)]):
        notes = cut_notes(_strokes(piece.key, bars, index, rng))
        parts.append(Part(part, notes, program))
    if piece.drums:
        parts.append(Part("Drums", _drums(bars, rng), is_drum=True))
    tempos = drop_repeated([Tempo(bar.start, bar.bpm) for bar in bars])
    metres = [Metre(bar.start, bar.numerator, bar.denominator) for bar in bars]
    return Score(parts, tempos, drop_repeated(metres), piece.title)


def _lay_out(piece: Piece, rng: np.random.Generator) -> list[_Bar]:
    """Lay out the form as bars; at its end the guitars hold the first chord."""
    composed = {letter: _compose_riff(riff, rng) for letter, riff in piece.riffs.items()}
    bars, start, bpm = [], 0.0, 0.0
    for token in piece.form.split():
        if token[0] == "@":
            bpm = float(token[1:])
            continue
        riff, full = piece.riffs[token[0]], "-" not in token
        tabs = _vary(riff, composed[token[0]], token.count("'"), rng)
        first = len(bars)
        for (groups, denominator), chord, lines in zip(*riff[1:], tabs, strict=True):
            lines = lines if full else (*lines[:2], "")
            opens, drums = len(bars) == first, piece.drums and full
            bars.append(_Bar(start, bpm, groups, denominator, chord, lines, opens, drums))
            start = bars[-1].end
    ending = bars[0]._replace(start=start, bpm=bpm, tabs=ENDING, drums=piece.drums, held=True)
    return [*bars, ending]


def _compose_riff(riff: Riff, rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Compose a riff's tablature, bar by bar: left guitar, right guitar, bass.

    Groups at the same place in the bar share their cell, so that the chords change under one
    figure; only the last group of every other bar turns around.
    """
    cross = cycle(CROSS.get(riff.texture, "."))
    chosen, tabs, call = {}, [], ""
    for index, (groups, _) in enumerate(riff.bars):
        answers = index % 2 == 1
        places = [(i, size, answers and i == len(groups) - 1) for i, size in enumerate(groups)]
        for place in places:
            if place not in chosen:
                chosen[place] = _cell(riff.texture, place[1], rng)
        cells = [chosen[place] for place in places]
        left, right, bass = ("".join(lines) for lines in zip(*cells, strict=True))
        if riff.texture in CROSS:
            left = "".join(islice(cross, len(left)))
        elif riff.texture == "call" and answers:  # the same line on other strings and a new chord
            left, right = right, "".join(islice(cycle(call), len(right)))
        elif riff.texture == "call":
            left = call = _run(groups, rng)
        tabs.append((left, right, bass))
    return tabs


def _cell(texture: str, size: int, rng: np.random.Generator) -> tuple[str, str, str]:
    """Draw what the two guitars and the bass play in a group of `size` eighths."""
    bass = str(rng.choice(BASS[size]))
    if texture == "hocket":
        left, right = str(rng.choice(HOCKETS[size])).split()
        return left, right, bass
    right = str(rng.choice(BACKING[size] if texture == "call" else STEADY[size]))
    return right, right, bass


def _run(groups: list[int], rng: np.random.Generator) -> str:
    """Draw a line that starts on a chord tone and moves at most four steps away from it."""
    line, height = str(rng.integers(2, 5)), 0
    for slot in "".join(str(rng.choice(RUNS[size])) for size in groups)[1:]:
        if slot == "x":
            slot = str(rng.choice(list(MOVES), p=MOVE_CHANCES))
            slot = slot if abs(height + MOVES[slot]) <= 4 else "="
            height += MOVES[slot]
        line += slot
    return line


def _vary(riff: Riff, tabs: list, degree: int, rng: np.random.Generator) -> list:
    """Vary a riff: `degree` 1 gives it a new end, 2 also raises the right guitar, 0 no change."""
    if degree > 0:
        fresh = _cell("hocket", riff.bars[-1][0][-1], rng)
        end = [tab[: -len(cell)] + cell for tab, cell in zip(tabs[-1], fresh, strict=True)]
        tabs = [*tabs[:-1], tuple(end)]
    if degree > 1:
        tabs = [(left, right.translate(HIGHER), bass) for left, right, bass in tabs]
    return tabs


def _pitch(key: str, step: int) -> int:
    """Convert a step of the scale to a MIDI pitch; step 0 is the tonic from C2 (36) to B2 (47)."""
    tonic, mode = key.split()
    return 36 + TONICS[tonic] + 12 * (step // 7) + MODES[mode][step % 7]


def _voicing(key: str, chord: str, index: int) -> list[int]:
    """Voice a chord on the left guitar, the right guitar or the bass, as rising scale steps.

    The right guitar takes the chord tones from a fixed height up, so that from one chord to the
    next the voices move little; the left guitar and the bass start from the root.
    """
    degree, shape = chord.split(":")
    root = int(degree) - 1
    if index == 1:
        classes = {(root + step) % 7 for step in SHAPES[shape]}
        tones = (step for step in count() if step % 7 in classes and _pitch(key, step) >= 62)
        return list(islice(tones, 6))
    lowest, steps = (43, SHAPES[shape]) if index == 0 else (28, (0, 4, 7))
    root = next(step for step in count(root - 14, 7) if _pitch(key, step) >= lowest)
    return [root + step for step in steps]


def _strokes(key: str, bars: list[_Bar], index: int, rng: np.random.Generator) -> list[Stroke]:
    """Perform the tablature of one part."""
    strokes = []
    for bar in bars:
        tones = _voicing(key, bar.chord, index)
        step = tones[1]
        for slot, character in enumerate(bar.tabs[index]):
            if character == ".":
                continue
            if character in MOVES:
                steps = [step + MOVES[character]]
            elif character.isdigit():
                steps = [tones[int(character)]]
            else:
                steps = tones["abcd".index(character) :: 2][:2]
            step = steps[-1]
            legato = character in "^_><"
            longest = bar.slot * (LONGEST_TONE if len(steps) == 1 else LONGEST_DYAD)
            tail = 0.0 if legato or index == 2 else bar.slot * RING  # a string fretted anew stops
            if bar.held:
                longest = tail = ENDING_SECONDS - slot * bar.slot
            onset, velocity = bar.perform(slot, 80 - LEGATO_DROP * legato, rng)
            pitches = [_pitch(key, s) for s in steps]
            strokes.append(Stroke(onset, velocity, pitches, longest, tail))
    return strokes


def _drums(bars: list[_Bar], rng: np.random.Generator) -> list[Note]:
    """Perform the drums."""
    notes = []
    for bar in bars:
        for slot, pitch, base in _hits(bar, rng) if bar.drums else ():
            onset, velocity = bar.perform(slot, base, rng)
            notes.append(Note(onset, onset + 0.6 * bar.slot, pitch, velocity))
    return sorted(notes)


def _hits(bar: _Bar, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """List the hits in a bar: slot, drum, and velocity before the accent.

    Kick and snare alternate on the accents, hats play eighths, crashes begin the riffs.
    """
    if bar.held:
        return [(0, CRASH, 84), (0, KICK, 84)]
    hits = [(slot, (KICK, SNARE)[place % 2], 84) for place, slot in enumerate(bar.accents)]
    thirds = zip(bar.accents, bar.groups, strict=True)
    hits += [(slot + 4, KICK, 72) for slot, size in thirds if size == 3]
    hits += [(slot, CLOSED_HAT, 62) for slot in range(2 * bar.opens, bar.slots - 2, 2)]
    hits += [(bar.slots - 2, OPEN_HAT, 62), *[(0, CRASH, 84)] * bar.opens]
    ghosts = (slot for slot in range(1, bar.slots, 2) if rng.random() < GHOST_CHANCE)
    return hits + [(slot, SNARE, 38) for slot in ghosts]
