"""What is known of a song's beats: whether its tempo map can be trusted, its tempo, its metre."""

import math

import numpy as np

from mathrock.music.beats import summarize
from mathrock.music.grid import beat_grid
from mathrock.music.score import Score
from mathrock.music.score_beats import beats_of

GRIDS = (4, 3)  # onsets a quarter note: sixteenths, or triplets
SOON = 0.02  # seconds by which a bar's first note may be early


def beat_facts(score: Score) -> dict:
    """What `beats.summarize` tells of a score, drums and all, from the first bar with notes on.

    Where the tempo is impossible, only the `beat_confidence`, which is 0; nothing without notes.
    """
    onsets = [note.onset for part in score.parts for note in part.notes]
    if not onsets:
        return {}
    clock = beat_grid(score.tempos, 1)
    beats = beats_of(score, confidence([clock.steps(onset) for onset in onsets]))
    if not beats:
        return {"beat_confidence": 0.0}
    first = max(beat.bar for beat in beats if beat.time <= min(onsets) + SOON)
    return summarize([beat for beat in beats if beat.bar >= first])  # silence has any tempo


def confidence(onsets: list[float]) -> float:
    """How well onsets, in quarter notes from the file's start, keep to sixteenths or triplets, 0-1.

    It is the mean cosine of their distance from the grid, a grid's step being a turn, less
    1/sqrt(onsets), which is what free times reach by chance. (The mean resultant length of circular
    statistics along a known direction: the V test. See Mardia and Jupp, "Directional Statistics",
    2000.) Onsets that are off by a normal error of s grid steps give exp(-2 (pi s)^2): those of a
    sequencer 1, of a player who is off by 20 ms, at 120 quarter notes a minute, 0.6. At 0.5 it is
    0.19 of a sixteenth: still 99 of 100 onsets are nearest to their own sixteenth. Free times, and
    notes under a tempo map that is not theirs, give 0 (but eighths at 180 a minute are triplets at
    120: a simple ratio cannot be told from the truth). Chords count once.
    """
    at = np.unique(np.round(onsets, 3))
    best = max(float(np.cos(2 * np.pi * grid * at).mean()) for grid in GRIDS)
    return max(0.0, best - 1 / math.sqrt(len(at)))
