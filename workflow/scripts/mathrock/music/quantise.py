"""Quantise notes to the subdivisions of the beats."""

import math
from bisect import bisect_right

from mathrock.music.grid import beat_grid
from mathrock.music.score import Note, Score


def quantise_notes(notes: list[Note], score: Score, per_quarter: int) -> list[Note]:
    """Move onsets and offsets to the nearest of `per_quarter` positions in each quarter note.

    Positions are counted from each bar line under the score's tempo map and metres. A note lasts at
    least from one position to the next.
    """
    clock = beat_grid(score.tempos, 1)
    starts = [clock.steps(metre.time) for metre in score.metres]
    bars = [4 * metre.numerator / metre.denominator for metre in score.metres]

    def nearest(seconds: float) -> float:
        at = clock.steps(seconds)
        metre = max(0, bisect_right(starts, at) - 1)
        bar = bars[metre]
        line = starts[metre] + math.floor((at - starts[metre]) / bar) * bar
        ends = [line + bar, *starts[metre + 1 : metre + 2]]
        nearest_position = line + math.floor((at - line) * per_quarter + 0.5) / per_quarter
        return min([nearest_position, *ends], key=lambda choice: abs(choice - at))

    moved = []
    for note in notes:
        onset = nearest(note.onset)
        offset = max(nearest(note.offset), onset + 1 / per_quarter)
        times = {"onset": clock.seconds(onset), "offset": clock.seconds(offset)}
        moved.append(note._replace(**times))
    return sorted(moved)
