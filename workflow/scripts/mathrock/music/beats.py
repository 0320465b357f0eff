"""The beats of a song: where they are, how they make bars, and how sure that is; as a table.

A beat is what its metre counts, see `metre`. `Beat.quarters` says how many quarter notes it lasts,
so that notes can be placed between beats whatever is counted.
"""

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.tsv import read_rows, write_rows
from mathrock.music.metre import beat_length, median_tempo, usual_metre

COLUMNS = ("time_s", "bar", "beat", "metre", "tempo_bpm", "confidence", "bar_confidence")


class Beat(NamedTuple):
    """A beat: `time` in seconds; `bar` and `beat`, both from 1; its bar's metre as `numerator` and
    `denominator`; `tempo` in quarter notes a minute; `confidence` that there is a beat, and
    `bar_confidence` that its bar begins where it is said to, both 0-1. What comes before the first
    bar line is bar 0, whose last beat has the number that its metre ends with."""

    time: float
    bar: int
    beat: int
    numerator: int
    denominator: int
    tempo: float
    confidence: float
    bar_confidence: float

    @property
    def quarters(self) -> Fraction:
        """How long the beat lasts, in quarter notes."""
        return beat_length(self.numerator, self.denominator)

    @property
    def seconds(self) -> float:
        """How long the beat lasts, in seconds."""
        return float(self.quarters) * 60 / self.tempo

    @property
    def metre(self) -> str:
        """Such as 7/8."""
        return f"{self.numerator}/{self.denominator}"


def summarize(beats: list[Beat]) -> dict:
    """What a song's status tells, of a recording and of MIDI alike; nothing without beats.

    tempo: quarter notes a minute, the median over time.
    metre: such as "7/8", the one that most of the time is in.
    beat_confidence: 0-1, the mean where anything sounds.
    metre_confidence: 0-1, likewise that of the bars, of which those in other metres count 0.
    """
    if not beats:
        return {}
    seconds = [beat.seconds for beat in beats]
    metre = usual_metre([beat.metre for beat in beats], seconds)
    sure = [
        (beat.confidence, beat.bar_confidence * (beat.metre == metre))
        for beat in beats
        if beat.confidence > 0
    ]
    beat_confidence, metre_confidence = np.mean(sure, axis=0).tolist() if sure else (0.0, 0.0)
    return {
        "tempo": round(median_tempo([beat.tempo for beat in beats], seconds), 2),
        "metre": metre,
        "beat_confidence": round(beat_confidence, 3),
        "metre_confidence": round(metre_confidence, 3),
    }


def write_beats(path: str | Path, beats: list[Beat]) -> None:
    """Write a tab-separated row for each beat, whole or not at all."""
    write_rows(path, COLUMNS, map(_row, beats))


def _row(beat: Beat) -> tuple:
    place = (f"{beat.time:.4f}", beat.bar, beat.beat, beat.metre)
    return *place, f"{beat.tempo:.2f}", f"{beat.confidence:.3f}", f"{beat.bar_confidence:.3f}"


def read_beats(path: str | Path) -> list[Beat]:
    """Read what `write_beats` wrote."""
    beats = []
    for row in read_rows(path):
        numerator, denominator = map(int, row["metre"].split("/"))
        place = (float(row["time_s"]), int(row["bar"]), int(row["beat"]))
        sure = (float(row[name]) for name in COLUMNS[4:])
        beats.append(Beat(*place, numerator, denominator, *sure))
    return beats
