"""Notes -> the nearest places between the beats."""

import math

from mathrock.grid import beat_grid
from mathrock.midifile import Note, Score


def quantised(notes: list[Note], score: Score, per_quarter: int) -> list[Note]:
    """Move onsets and offsets to the nearest of `per_quarter` places a quarter note.

    Places are counted from each bar line of the score's metres. A note keeps at least one place.
    """
    clock = beat_grid(score.tempos, 1)
    lines = [clock.steps(metre.time) for metre in score.metres]

    def nearest(seconds: float) -> float:
        at = clock.steps(seconds)
        line = max((line for line in lines if line <= at + 0.5 / per_quarter), default=0.0)
        return line + math.floor((at - line) * per_quarter + 0.5) / per_quarter

    moved = []
    for note in notes:
        onset = max(0.0, nearest(note.onset))
        offset = max(nearest(note.offset), onset + 1 / per_quarter)
        times = {"onset": clock.seconds(onset), "offset": clock.seconds(offset)}
        moved.append(note._replace(**times))
    return sorted(moved)
