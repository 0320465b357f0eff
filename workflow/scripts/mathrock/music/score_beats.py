"""A score's own tempo map and time signatures -> its beats."""

import math
from itertools import pairwise

from mathrock.music.beats import Beat
from mathrock.music.grid import beat_grid
from mathrock.music.metre import beat_length, beats_a_bar
from mathrock.music.score import Score
from mathrock.music.score_bars import find_bars

POSSIBLE = (10, 1000)  # quarter notes a minute over a whole song
EARLY = 1e-6  # seconds by which rounding may put a beat before the end


def beats_of(score: Score, confidence: float = 1.0) -> list[Beat]:
    """The beats from the start of the file to the end of its last note, in bars as of `bars`.

    There are none where the tempo is an impossible one.
    """
    clock = beat_grid(score.tempos, 1)
    end = max((note.offset for part in score.parts for note in part.notes), default=0.0)
    if end <= 0 or not POSSIBLE[0] <= 60 * clock.steps(end) / end <= POSSIBLE[1]:
        return []
    beats = []
    bars = find_bars(score, clock, math.ceil(clock.steps(end))).tolist()
    for bar, ((_, line, *metre), _) in enumerate(pairwise(bars), 1):
        first, length = clock.steps(line), float(beat_length(*metre))
        for beat in range(beats_a_bar(*metre)):
            begin = clock.seconds(first + beat * length)
            lasts = clock.seconds(first + (beat + 1) * length) - begin
            if begin < end - EARLY:
                tempo, sure = 60 * length / lasts, (confidence, confidence)
                beats.append(Beat(begin, bar, beat + 1, *metre, tempo, *sure))
    return beats
