"""The bars of a score, and their accents, in quarter notes from its start."""

from typing import NamedTuple

import numpy as np

import paths  # noqa: F401
from mathrock.demo.metre_songs import groups_of
from mathrock.music.grid import beat_grid
from mathrock.music.score import Score
from mathrock.music.score_beats import beats_of

LATE = 0.01  # seconds by which a bar line may follow the note that is struck on it


class Bar(NamedTuple):
    """A bar from `start` to `end`, which is earlier than its metre says where the next cuts in."""

    start: float
    end: float
    numerator: int
    denominator: int

    @property
    def metre(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def length(self) -> float:
        """What its metre says."""
        return 4 * self.numerator / self.denominator

    @property
    def accents(self) -> list[float]:
        """Where its accent groups begin, from its start: quarters, but groups of eighths in x/8."""
        if self.denominator == 8:
            places = np.cumsum([0, *groups_of(self.metre)[:-1]]) / 2
        else:
            places = np.arange(0, self.length, 1.0)
        return [at for at in places.tolist() if at < self.end - self.start - 0.01]


def bars_of(score: Score) -> list[Bar]:
    """The bars from the start of the file on that begin no later than its last note."""
    clock = beat_grid(score.tempos, 1)
    last = max((note.onset for part in score.parts for note in part.notes), default=0.0) + LATE
    firsts = [beat for beat in beats_of(score) if beat.beat == 1 and beat.time <= last]
    bars = [Bar(clock.steps(beat.time), 0.0, *beat[3:5]) for beat in firsts]
    last_end = [bar.start + bar.length for bar in bars[-1:]]
    ends = [bar.start for bar in bars[1:]] + last_end
    return [bar._replace(end=end) for bar, end in zip(bars, ends, strict=True)]
