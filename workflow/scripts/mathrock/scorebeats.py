"""A score's own tempo map and time signatures -> its beats."""

from bisect import bisect_right
from itertools import accumulate, pairwise

from mathrock.beats import Beat, beat_length
from mathrock.midifile import Score, Tempo

EARLY = 1e-6  # quarter notes by which rounding may put a beat before where it belongs


class QuarterClock:
    """Seconds <-> quarter notes from the start, under a tempo map that begins at 0 s."""

    def __init__(self, tempos: tuple[Tempo, ...]):
        self._times = [tempo.time for tempo in tempos]
        self._speeds = [tempo.bpm / 60 for tempo in tempos]
        passed = ((b - a) * speed for (a, b), speed in zip(pairwise(self._times), self._speeds))
        self._quarters = list(accumulate(passed, initial=0.0))

    def quarters(self, seconds: float) -> float:
        i = max(0, bisect_right(self._times, seconds) - 1)
        return self._quarters[i] + (seconds - self._times[i]) * self._speeds[i]

    def seconds(self, quarters: float) -> float:
        i = max(0, bisect_right(self._quarters, quarters) - 1)
        return self._times[i] + (quarters - self._quarters[i]) / self._speeds[i]

    def tempo(self, seconds: float) -> float:
        """Quarter notes a minute at a time."""
        return 60 * self._speeds[max(0, bisect_right(self._times, seconds) - 1)]


def beats_of(score: Score, confidence: float = 1.0) -> list[Beat]:
    """The beats from the start of the file to the end of its last note.

    A bar that a new time signature cuts short ends there.
    """
    clock = QuarterClock(score.tempos)
    last = max((note.offset for part in score.parts for note in part.notes), default=0.0)
    starts = [clock.quarters(metre.time) for metre in score.metres]
    ends = [*starts[1:], clock.quarters(last) + EARLY]
    beats, bar = [], 0
    for metre, start, end in zip(score.metres, starts, ends, strict=True):
        length = float(beat_length(metre.numerator, metre.denominator))
        whole = 4 * metre.numerator / metre.denominator
        number = 0  # of the beat since the metre began
        per_bar = round(whole / length)
        while start + number * length < end - EARLY:
            bar += number % per_bar == 0
            time = clock.seconds(start + number * length)
            place = (time, bar, number % per_bar + 1, metre.numerator, metre.denominator)
            beats.append(Beat(*place, clock.tempo(time + EARLY), confidence))
            number += 1
    return beats
