"""Estimate the key and the scale of a song from its piano roll.

The key is, of the 24, the one whose profile correlates best with how long each pitch class sounds
(Krumhansl and Schmuckler; Krumhansl, "Cognitive Foundations of Musical Pitch", 1990). music21's
`KrumhanslSchmuckler` finds the same keys, but takes longer to import than a song takes.

A profile alone takes a mode for another key of the same notes, D lydian for A major: so the lowest
notes of the song's beginning and of its end weigh more, where songs tell where they are at home.

The scale is the one on the key's tonic that covers most of what sounds; its third says whether the
key is major or minor.
"""

import numpy as np

from mathrock.music.pitch_names import tonic_name
from mathrock.pianoroll.planes import SOUNDING
from mathrock.songs.key_table import SongKey

OCTAVE, MINOR_THIRD = 12, 3
PROFILES = {  # how well each pitch class, from the tonic, fits a key
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
SCALES = {  # semitones above the tonic; of those that cover as much, the first
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
MINOR_PENTATONIC = (0, 3, 5, 7, 10)
PENTATONIC_LOSS = 0.01  # share of the time that its two missing notes may have
END = 0.02  # share of the steps with sound that are the beginning, and the end
END_WEIGHT = 0.25  # of either's lowest notes, beside 1 of the whole song
TICKS = 10_000  # what music21 correlates are whole numbers of at least 1, and so are these weights
LEAST_NOTES, LEAST_CLASSES = 8, 3  # fewer tell no key
LEAST_CONFIDENCE, LEAST_COVERED = 0.5, 0.75  # chance alone gives about as much


def find_key(roll: np.ndarray) -> SongKey:
    """Find the key and the scale of a roll (steps, 128, planes) by its first plane.

    Both are unknown where there are too few notes or nothing fits; the scale alone, where the notes
    go beyond every scale on the tonic.
    """
    sounding = roll[:, :, SOUNDING] > 0
    time = _by_class(sounding.sum(axis=0))
    begun = (sounding[1:] & ~sounding[:-1]).sum() + sounding[:1].sum()
    if begun < LEAST_NOTES or (time > 0).sum() < LEAST_CLASSES:
        return SongKey()
    weights = time / time.sum()
    correlations = correlate(_with_ends(weights, sounding))
    # Of keys that correlate as well: the highest tonic, and then minor.
    mode, tonic = max(correlations, key=lambda key: (correlations[key], key[1], key[0]))
    confidence = correlations[mode, tonic]
    if confidence < LEAST_CONFIDENCE:
        return SongKey()
    scale, steps, covered = _scale_of(np.roll(weights, -tonic))
    if covered < LEAST_COVERED:
        return SongKey(f"{tonic_name(tonic, mode)} {mode}", round(confidence, 3))
    mode = "minor" if MINOR_THIRD in steps else "major"  # a profile hears a dorian sixth as major
    confidence = correlations[mode, tonic]
    name = tonic_name(tonic, mode)
    classes = tuple(sorted((tonic + step) % OCTAVE for step in steps))
    return SongKey(
        f"{name} {mode}", round(confidence, 3), f"{name} {scale}", classes, round(covered, 3)
    )


def _by_class(pitches: np.ndarray) -> np.ndarray:
    """What there is of each pitch, (128,), by pitch class, float64 (12,)."""
    return np.bincount(np.arange(len(pitches)) % OCTAVE, pitches, OCTAVE)


def _with_ends(weights: np.ndarray, sounding: np.ndarray) -> np.ndarray:
    """The weights, (12,), with those of the lowest notes at the beginning and at the end."""
    lowest = sounding[sounding.any(axis=1)].argmax(axis=1) % OCTAVE
    steps = max(1, round(len(lowest) * END))
    for end in (lowest[:steps], lowest[-steps:]):
        weights = weights + END_WEIGHT * np.bincount(end, minlength=OCTAVE) / steps
    return weights


def correlate(weights: np.ndarray) -> dict[tuple[str, int], float]:
    """Correlate weights of pitch classes, (12,), with each key's profile: by mode and tonic, 0-11.

    All are 0 where all pitch classes weigh the same.
    """
    weights = np.maximum(np.rint(weights * TICKS), 1)
    weights = weights - weights.mean()
    correlations = {}
    for mode, profile in PROFILES.items():
        profile = profile - np.mean(profile)
        scale = np.sqrt((weights**2).sum() * (profile**2).sum())
        for tonic in range(OCTAVE):
            product = weights @ np.roll(profile, tonic)
            correlations[mode, tonic] = float(product / scale) if scale > 0 else 0.0
    return correlations


def _scale_of(from_tonic: np.ndarray) -> tuple[str, tuple[int, ...], float]:
    """The scale that covers most of the weights, (12,) from the tonic: name, steps, share."""
    covered = {name: from_tonic[list(steps)].sum() for name, steps in SCALES.items()}
    name = max(covered, key=lambda name: round(covered[name], 6))
    steps, share = SCALES[name], covered[name]
    five = from_tonic[list(MINOR_PENTATONIC)].sum()
    if five >= share - PENTATONIC_LOSS:
        name, steps, share = "minor pentatonic", MINOR_PENTATONIC, five
    return name, steps, float(share)
