"""Define the math-rock pieces: keys, riffs and forms, as data for `math_rock`.

A piece is a key, riffs and a form. A riff is a texture, a plan of bars and a plan of chords. Bars
are written as their accent groups in eighths over the denominator: "223/8" is 7/8 counted 2+2+3,
"3322/4" is 5/4. Chords are "degree:shape" and stay inside the mode of the piece.
"""

from typing import NamedTuple


class Riff(NamedTuple):
    """A riff: a texture ("hocket", "call", "poly3" or "poly5") over bars with one chord each."""

    texture: str
    bars: list[tuple[list[int], int]]  # accent groups in eighths, denominator
    chords: list[str]


class Piece(NamedTuple):
    """The fixed data of a piece; the seed decides the rest.

    `key` is a tonic and a mode. `form` lists riffs by letter: ' varies the end of a riff, '' also
    raises the second guitar, - leaves out bass and drums, and @ sets quarter notes a minute.
    """

    title: str
    key: str
    form: str
    riffs: dict[str, Riff]
    drums: bool


def _read(charts: str) -> dict[str, Piece]:
    """Parse pieces by name; an empty line separates two."""
    pieces = {}
    for chart in charts.strip().split("\n\n"):
        head, form, *lines = chart.splitlines()
        name, title, key, *drums = head.split(" | ")
        riffs = {}
        for line in lines:
            plan, chords = line.split(" | ")
            letter, texture, *plans = plan.split()
            bars = [([int(group) for group in plan[:-2]], int(plan[-1])) for plan in plans]
            riffs[letter] = Riff(texture, bars, chords.split())
        pieces[name] = Piece(title, key, form, riffs, bool(drums))
    return pieces


PIECES = _read("""
seven-lanterns | Seven Lanterns | D lydian | drums
@144 A- A A' B B' A'' A
A hocket 223/8 223/8 223/8 223/8 | 1:9 6:11 2:add9 5:sus2
B call 223/8 223/8 322/8 322/8 | 6:9 6:9 3:11 2:6/9

paper-planets | Paper Planets | E mixolydian
@126 A- A A' B A'' B' A
A hocket 3322/4 3322/4 | 1:add9 7:9
B call 2233/4 2233/4 | 4:9 5:11

eleven-steps-down | Eleven Steps Down | B aeolian | drums
@152 A A' B A'' C C' B' A
A hocket 3332/8 3332/8 | 1:9 6:9
B call 3332/8 3332/8 | 4:9 7:6/9
C hocket 2333/8 2333/8 | 3:add9 7:sus4

glass-staircase | Glass Staircase | A ionian
@138 A- A A' B A'' B' A
A hocket 223/8 223/8 32/8 2223/8 | 1:9 6:9 4:add9 5:sus4
B call 223/8 223/8 32/8 2223/8 | 2:11 4:9 6:11 5:6/9

threes-and-fives | Threes and Fives | F# dorian | drums
@118 A A' B B' A'' C C' A
A poly3 2222/4 2222/4 | 1:9 4:6/9
B hocket 2222/4 332/4 | 3:9 7:add9
C poly5 2222/4 2222/4 2222/4 | 5:11 3:9 4:sus4

slow-tide-fast-tide | Slow Tide, Fast Tide | G lydian
@112 A- A A' @148 B B' C B'' C' @112 A
A hocket 332/4 332/4 | 1:9 2:add9
B hocket 332/4 332/4 | 6:9 7:11
C call 2233/4 2233/4 | 3:9 5:6/9

moth-at-the-window | Moth at the Window | C# aeolian | drums
@132 A A' B B' C C'' A' A
A hocket 3322/4 3322/4 | 1:9 6:6/9
B poly3 2222/4 2222/4 | 4:9 7:sus2
C hocket 322/8 322/8 322/8 223/8 | 3:9 7:add9 6:9 7:sus4

folding-bicycle | Folding Bicycle | E ionian
@168 A A' B A'' B' C C A' A
A hocket 32/8 32/8 32/8 33/8 | 1:add9 6:11 4:9 5:sus4
B call 322/8 322/8 33/8 33/8 | 2:9 5:6/9 6:9 4:9
C poly5 33/8 33/8 33/8 33/8 | 4:9 4:add9 1:9 5:sus2

salt-and-static | Salt and Static | A mixolydian | drums
@158 A- A A' B B'' A A''
A hocket 2223/8 2223/8 2223/8 2223/8 | 1:add9 7:9 4:9 5:11
B call 3222/8 3222/8 | 2:11 7:6/9

night-bus-home | Night Bus Home | Bb ionian
@110 A- A A' B A'' A
A hocket 3333/4 332/4 | 1:9 4:9
B call 2233/4 2233/4 | 6:11 2:9
""")
