"""The beats of a song: times, bars, tempos and confidences, and the table that stores them.

Conventions: a beat is the unit that its metre counts (see `music/metre`). `Beat.quarters` is its
length in quarter notes, so that notes can be placed between beats in any metre.
"""

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.damage import reading
from mathrock.files.tsv import read_rows, write_rows
from mathrock.music.metre import beat_length, median_tempo, predominant_metre

COLUMNS = ("time_s", "bar", "beat", "metre", "tempo_bpm", "confidence", "bar_confidence")


class Beat(NamedTuple):
    """A beat with its place in a bar, its tempo and its confidences.

    Attributes:
        time: in seconds.
        bar, beat: numbers from 1. The beats before the first bar line are in bar 0, whose last beat
            has the number of the metre's last beat.
        numerator, denominator: the metre of the bar.
        tempo: in quarter notes a minute.
        confidence: that there is a beat, 0-1.
        bar_confidence: that the bar begins at its first beat, 0-1.
    """

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
        """Return the length of the beat in quarter notes."""
        return beat_length(self.numerator, self.denominator)

    @property
    def seconds(self) -> float:
        """Return the length of the beat in seconds."""
        return float(self.quarters) * 60 / self.tempo

    @property
    def metre(self) -> str:
        """Return the metre as text, such as 7/8."""
        return f"{self.numerator}/{self.denominator}"


def summarize(beats: list[Beat]) -> dict:
    """Summarize a song's beats in four facts for its status; an empty dict without beats.

    tempo: quarter notes a minute, the median over time.
    metre: the metre that covers most of the time, such as "7/8".
    beat_confidence: 0-1, the mean over the beats at which anything sounds.
    metre_confidence: 0-1, the mean bar confidence of the same beats; those in other metres count 0.
    """
    if not beats:
        return {}
    seconds = [beat.seconds for beat in beats]
    metre = predominant_metre([beat.metre for beat in beats], seconds)
    confidences = [
        (beat.confidence, beat.bar_confidence * (beat.metre == metre))
        for beat in beats
        if beat.confidence > 0
    ]
    beat_confidence, metre_confidence = (
        np.mean(confidences, axis=0).tolist() if confidences else (0.0, 0.0)
    )
    return {
        "tempo": round(median_tempo([beat.tempo for beat in beats], seconds), 2),
        "metre": metre,
        "beat_confidence": round(beat_confidence, 3),
        "metre_confidence": round(metre_confidence, 3),
    }


def write_beats(path: str | Path, beats: list[Beat]) -> None:
    """Write a tab-separated table with a row for each beat, whole or not at all."""
    write_rows(path, COLUMNS, map(_row, beats))


def _row(beat: Beat) -> tuple:
    position = (f"{beat.time:.4f}", beat.bar, beat.beat, beat.metre)
    return *position, f"{beat.tempo:.2f}", f"{beat.confidence:.3f}", f"{beat.bar_confidence:.3f}"


def read_beats(path: str | Path) -> list[Beat]:
    """Read a table that `write_beats` wrote."""
    with reading(path):
        return [_beat(row) for row in read_rows(path)]


def _beat(row: dict[str, str]) -> Beat:
    numerator, denominator = map(int, row["metre"].split("/"))
    position = (float(row["time_s"]), int(row["bar"]), int(row["beat"]))
    return Beat(*position, numerator, denominator, *(float(row[name]) for name in COLUMNS[4:]))
