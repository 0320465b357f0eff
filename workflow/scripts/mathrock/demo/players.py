"""How the demo songs' players play: accents and small deviations, and when a string stops ringing.

A stroke is its onset in seconds, velocity and MIDI pitches, the seconds that it may sound at most
and the seconds that the stroke before may ring into it.
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
    """What one movement of the hand makes sound; seconds."""

    onset: float
    velocity: int
    pitches: list[int]
    longest: float
    tail: float


def strike(time: float, velocity: float, rng: np.random.Generator) -> tuple[float, int]:
    """Onset in seconds and velocity of what is written at `time`, with a player's deviations."""
    jitter = np.clip(rng.normal(0, JITTER), -MAX_JITTER, MAX_JITTER)
    velocity = round(velocity + rng.normal(0, VELOCITY_DEVIATION))
    return max(0.0, time + float(jitter)), int(np.clip(velocity, SOFTEST, LOUDEST))


def damp(strokes: list[Stroke]) -> list[Note]:
    """Notes that end in time for the next stroke of the part and the next of the same pitch."""
    notes, cut = [], np.inf
    upcoming: dict[int, float] = {}  # pitch -> the onset of its next note, as we go backwards
    for onset, velocity, pitches, longest, tail in reversed(strokes):
        for pitch in pitches:
            offset = min(onset + longest, cut, upcoming.get(pitch, np.inf) - REPEAT_GAP)
            notes.append(Note(onset, offset, pitch, velocity))
            upcoming[pitch] = onset
        cut = onset + tail
    return sorted(notes)
