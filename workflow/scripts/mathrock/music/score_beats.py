"""Compute the beats of a score from its tempo map and time signatures."""

import math
from itertools import pairwise

from mathrock.music.beats import Beat
from mathrock.music.grid import beat_grid
from mathrock.music.metre import beat_length, beats_a_bar
from mathrock.music.score import Score
from mathrock.music.score_bars import bars_of

TEMPO_RANGE = (10, 1000)  # quarter notes a minute over a whole song
ROUNDING = 1e-6  # seconds by which rounding may put a beat before the end


def beats_of(score: Score, confidence: float = 1.0) -> list[Beat]:
    """Compute the beats from the start of the file to the end of its last note.

    Beats belong to the bars that `score_bars.bars_of` computes. The list is empty if the mean tempo
    is outside `TEMPO_RANGE`.

    Args:
        confidence: the confidence that each beat gets, for the beat and for its bar, 0-1.
    """
    clock = beat_grid(score.tempos, 1)
    end = max((note.offset for part in score.parts for note in part.notes), default=0.0)
    if end <= 0 or not TEMPO_RANGE[0] <= 60 * clock.steps(end) / end <= TEMPO_RANGE[1]:
        return []
    beats = []
    bars = bars_of(score, clock, math.ceil(clock.steps(end))).tolist()
    for bar, ((_, line, *metre), _) in enumerate(pairwise(bars), 1):
        first, length = clock.steps(line), float(beat_length(*metre))
        for beat in range(beats_a_bar(*metre)):
            begin = clock.seconds(first + beat * length)
            lasts = clock.seconds(first + (beat + 1) * length) - begin
            if begin < end - ROUNDING:
                tempo, confidences = 60 * length / lasts, (confidence, confidence)
                beats.append(Beat(begin, bar, beat + 1, *metre, tempo, *confidences))
    return beats
