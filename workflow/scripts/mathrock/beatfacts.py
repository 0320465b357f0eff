"""What is known of a song's beats: whether its tempo map can be trusted, its tempo, its metre."""

import math

import numpy as np

from mathrock.bars import find_bars, median_tempo
from mathrock.grid import beat_grid
from mathrock.midifile import Score

GRIDS = (4, 3)  # onsets a quarter note: sixteenths, or triplets
POSSIBLE = (10, 1000)  # quarter notes a minute over a whole song


def beat_facts(score: Score) -> dict:
    """`beat_confidence`, `tempo` and `metre` of a score, drums and all, for a song's status.

    beat_confidence: 0-1, see `confidence`.
    tempo: quarter notes a minute, the median over time.
    metre: such as "7/8", the one that most of the time is in.
    """
    onsets = [note.onset for part in score.parts for note in part.notes]
    if not onsets:
        return {}
    clock = beat_grid(score.tempos, 1)
    end = max(note.offset for part in score.parts for note in part.notes)
    if not POSSIBLE[0] <= 60 * clock.steps(end) / end <= POSSIBLE[1]:
        return {"beat_confidence": 0.0}
    bars = find_bars(score, clock, math.ceil(clock.steps(end)))
    played = np.searchsorted(bars["seconds"], min(onsets) + 0.02, "right") - 1
    bars = bars[max(0, min(int(played), len(bars) - 2)) :]  # silence may be in any tempo
    seconds = {}
    for length, (*_, numerator, denominator) in zip(
        np.diff(bars["seconds"]).tolist(), bars.tolist(), strict=False
    ):
        metre = f"{numerator}/{denominator}"
        seconds[metre] = seconds.get(metre, 0.0) + length
    return {
        "beat_confidence": round(confidence([clock.steps(onset) for onset in onsets]), 3),
        "tempo": round(median_tempo(bars), 2),
        "metre": max(seconds, key=seconds.get),
    }


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
