"""The beats of a song: where they are, how they make bars, and how sure that is; as a table.

A beat is what its metre counts: quarters in x/4, dotted quarters in 6/8, 9/8, 12/8, eighths in other
x/8. `Beat.quarters` says how many quarter notes it lasts, so that notes can be placed between beats
whatever is counted.
"""

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from mathrock.atomic import replacing

COLUMNS = ("time_s", "bar", "beat", "metre", "tempo_bpm", "confidence")


class Beat(NamedTuple):
    """A beat: `time` in seconds; `bar` and `beat`, both from 1; its bar's `numerator`/`denominator`;
    `tempo` in quarter notes a minute; `confidence` 0-1. What comes before the first bar line is bar
    0, whose last beat has the number that its metre ends with."""

    time: float
    bar: int
    beat: int
    numerator: int
    denominator: int
    tempo: float
    confidence: float

    @property
    def quarters(self) -> Fraction:
        """How long the beat lasts, in quarter notes."""
        return beat_length(self.numerator, self.denominator)

    @property
    def metre(self) -> str:
        """Such as 7/8."""
        return f"{self.numerator}/{self.denominator}"


def beat_length(numerator: int, denominator: int) -> Fraction:
    """Quarter notes that a beat of such bars lasts: three units in compound metres."""
    compound = denominator >= 8 and numerator % 3 == 0 and numerator > 3
    return Fraction(4 * (3 if compound else 1), denominator)


def beats_a_bar(numerator: int, denominator: int) -> int:
    """How many beats such a bar has."""
    return round(Fraction(4 * numerator, denominator) / beat_length(numerator, denominator))


def summarize(beats: list[Beat]) -> dict:
    """What a status tells: `tempo`, the median quarter notes a minute; `metre`, the one that most of
    the time is in; `beat_confidence`, the mean. Empty without beats."""
    if not beats:
        return {}
    lasting = defaultdict(float)
    for beat in beats:
        lasting[beat.metre] += float(beat.quarters) / beat.tempo
    tempos = sorted(beat.tempo for beat in beats)
    return {
        "tempo": round(tempos[len(tempos) // 2], 2),
        "metre": max(lasting, key=lasting.get),
        "beat_confidence": round(sum(beat.confidence for beat in beats) / len(beats), 3),
    }


def write_beats(path: str | Path, beats: list[Beat]) -> None:
    """Write a tab-separated row for each beat, whole or not at all."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(COLUMNS)
        for beat in beats:
            place = (f"{beat.time:.4f}", beat.bar, beat.beat, beat.metre)
            rows.writerow([*place, f"{beat.tempo:.2f}", f"{beat.confidence:.3f}"])


def read_beats(path: str | Path) -> list[Beat]:
    """Read what `write_beats` wrote."""
    beats = []
    with Path(path).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            numerator, denominator = map(int, row["metre"].split("/"))
            place = (float(row["time_s"]), int(row["bar"]), int(row["beat"]))
            sure = (float(row["tempo_bpm"]), float(row["confidence"]))
            beats.append(Beat(*place, numerator, denominator, *sure))
    return beats
