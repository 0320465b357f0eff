"""Random drums over given bars: a pattern for each metre, which comes back bar after bar."""

import numpy as np

from bars import Bar
from mathrock.music.grid import Grid
from mathrock.music.score import Note

STYLES = ("backbeat", "backbeat", "backbeat", "half time", "four", "syncopated", "sparse")
KICK, OTHER_KICK, CRASHES, FILLS = 36, 35, (49, 57), (38, 45, 47, 50, 43, 41)  # General MIDI
SNARES = (38, 38, 38, 40, 37)
CYMBALS = (42, 42, 42, 46, 51, 44, 53)
CYMBAL_STEPS = (0.25, 0.5, 0.5, 0.5, 1.0, 1.0)  # quarter notes
SIXTEENTH = 0.25
STRONG, MIDDLE, WEAK, GHOST = 100, 80, 64, 60  # velocities
VELOCITY_DEVIATION, JITTER, MOST_JITTER = 9, 0.004, 0.012  # the latter two in seconds
LENGTH = 0.08  # seconds of a note
NEW_PATTERN, FILL, CYMBAL_RESTS, CYMBAL_MISSES = 0.06, 0.07, 0.02, 0.04  # chances


def groove(bars: list[Bar], clock: Grid, rng: np.random.Generator) -> list[Note]:
    """The notes of a drum part that plays in all `bars`."""
    style = rng.choice(STYLES)
    cymbal, step = rng.choice(CYMBALS), rng.choice(CYMBAL_STEPS)
    offbeat = 0.5 if step == 1 and rng.random() < 0.25 else 0.0
    patterns, hits = {}, []  # hits: quarter note, key, velocity
    for number, bar in enumerate(bars):
        if bar.metre not in patterns or rng.random() < NEW_PATTERN:
            patterns[bar.metre] = _pattern(bar, style, rng)
        kicks, snares = patterns[bar.metre]
        fills = rng.random() < FILL
        played = [(at, KICK if rng.random() < 0.9 else OTHER_KICK, STRONG) for at in kicks]
        played += [
            (at, rng.choice(SNARES), STRONG if at in bar.accents else GHOST) for at in snares
        ]
        if rng.random() >= CYMBAL_RESTS:
            played += [
                (at, cymbal, MIDDLE if at % 1 == 0 else WEAK)
                for at in _steps(offbeat, bar.length, step)
                if rng.random() >= CYMBAL_MISSES and not (fills and at > bar.length - 1)
            ]
        if number == 0 or (number % 4 == 0 and rng.random() < 0.4):
            played.append((0.0, rng.choice(CRASHES), 105))
        if fills:
            slots = _steps(max(0.0, bar.length - 1), bar.length, SIXTEENTH)
            played += [(at, rng.choice(FILLS), 95) for at in slots if rng.random() < 0.85]
        hits += [(bar.start + at, key, velocity) for at, key, velocity in played]
    return sorted(_note(*hit, clock, rng) for hit in hits)


def _pattern(bar: Bar, style: str, rng: np.random.Generator) -> tuple[list[float], list[float]]:
    """Where kick and snare are hit, in quarter notes from the bar line."""
    accents, slots = bar.accents, _steps(0.0, bar.length, SIXTEENTH)
    kicks, snares = {0.0}, set()
    if style == "backbeat":
        snares |= set(accents[1::2])
        kicks |= {at for at in accents[2::2] if rng.random() < 0.8}
    elif style == "half time":
        snares.add(accents[len(accents) // 2])
    elif style == "four":
        kicks |= set(accents)
        snares |= set(accents[1::2])
    elif style == "syncopated":
        snares |= {at for at in accents[1:] if rng.random() < 0.5}
    else:
        kicks |= {at for at in accents[1:] if rng.random() < 0.4}
    density = rng.choice([0.03, 0.1, 0.2])
    chances = [density * (2 if at % 0.5 == 0 else 1) for at in slots]
    kicks |= {
        at
        for at, chance in zip(slots, chances, strict=True)
        if rng.random() < chance and at not in snares
    }
    snares |= {at for at in slots if rng.random() < 0.02}
    return sorted(kicks), sorted(snares)


def _steps(start: float, end: float, step: float) -> list[float]:
    return np.arange(start, end - 0.01, step).tolist()


def _note(at: float, key: int, velocity: int, clock: Grid, rng) -> Note:
    """A hit as a drummer plays it, a little early or late."""
    late = np.clip(rng.normal(0, JITTER), -MOST_JITTER, MOST_JITTER)
    onset = max(0.0, clock.seconds(at) + float(late))
    loud = int(np.clip(rng.normal(velocity, VELOCITY_DEVIATION), 20, 127))
    return Note(onset, onset + LENGTH, int(key), loud)
