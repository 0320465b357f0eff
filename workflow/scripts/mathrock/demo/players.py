"""Humanise written notes: small deviations of onsets and velocities, and notes' ends.

A stroke has an onset in seconds, a velocity, MIDI pitches, the seconds that it may sound at most,
and the seconds that the stroke before it may ring into it.
"""

from typing import NamedTuple

import numpy as np

from mathrock.music.score import Note

MAX_JITTER = 0.004  # seconds
JITTER = 0.0015  # seconds, standard deviation
VELOCITY_DEVIATION = 3.0
SOFTEST, LOUDEST = 25, 122  # velocities
BAR_ACCENT, GROUP_ACCENT = 15, 8  # velocity added on a bar's first slot, and on its other accents
REPEAT_GAP = 0.02  # seconds between the end of a note and the next of the same pitch


class Stroke(NamedTuple):
    """The notes that one movement of the hand plays; times in seconds."""

    onset: float
    velocity: int
    pitches: list[int]
    longest: float
    tail: float


def humanise(time: float, velocity: float, rng: np.random.Generator) -> tuple[float, int]:
    """Add a player's deviations to a written time, in seconds, and velocity."""
    jitter = np.clip(rng.normal(0, JITTER), -MAX_JITTER, MAX_JITTER)
    velocity = round(velocity + rng.normal(0, VELOCITY_DEVIATION))
    return max(0.0, time + float(jitter)), int(np.clip(velocity, SOFTEST, LOUDEST))


def cut_notes(strokes: list[Stroke]) -> list[Note]:
    """Convert strokes to notes that end before the part's next stroke and the pitch's next note."""
    notes, next_limit = [], np.inf
    upcoming: dict[int, float] = {}  # pitch -> the onset of its next note, as we go backwards
    for onset, velocity, pitches, longest, tail in reversed(strokes):
        for pitch in pitches:
            offset = min(onset + longest, next_limit, upcoming.get(pitch, np.inf) - REPEAT_GAP)
            notes.append(Note(onset, offset, pitch, velocity))
            upcoming[pitch] = onset
        next_limit = onset + tail
    return sorted(notes)
