"""Compute metrics of a piece of music, each known from the literature.

    pitch_class_entropy  how evenly the twelve pitch classes are used, 0 to log2 12 bits (Wu, Yang)
    scale_consistency    the share of the notes in the major scale that fits best, 0-1; its modes
                         and the minor scale have the same notes (Mogren, "C-RNN-GAN", 2016)
    groove_consistency   how much of its rhythm a bar shares with the bar before, 0-1 (Wu, Yang)
    empty_beats          the share of beats in which nothing sounds (Dong, "MuseGAN", 2018)
    polyphony            notes sounding at once
    pitch_range          semitones from the lowest note to the highest (Yang, Lerch)

and the four of `pianoroll.attributes`. Wu and Yang are "The Jazz Transformer on the front line",
ISMIR 2020. They compare each bar with the bar before, which one metre allows. Here a bar is
compared with the last bar before it of its own metre, so a riff that repeats a change of metres is
consistent.
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import entropy

from mathrock.evaluation.bar_patterns import Pattern, patterns_of
from mathrock.evaluation.pieces import Piece
from mathrock.pianoroll.attributes import ATTRIBUTES, attributes_of
from mathrock.pianoroll.metrical_position import IN_BARS, metrical_positions
from mathrock.pianoroll.planes import ONSET, SOUNDING

OCTAVE = 12
MAJOR = (0, 2, 4, 5, 7, 9, 11)


class Metric(NamedTuple):
    """A metric's labels for people: its name and its unit."""

    label: str
    unit: str


METRICS = {
    "pitch_class_entropy": Metric("Pitch-class entropy", "bits"),
    "scale_consistency": Metric("Scale consistency", "share of the notes"),
    "groove_consistency": Metric("Groove consistency", "share of the sixteenths"),
    "empty_beats": Metric("Empty beats", "share of the beats"),
    "polyphony": Metric("Polyphony", "notes at once"),
    "pitch_range": Metric("Pitch range", "semitones"),
    "density": Metric("Density", "notes a second"),
    "pitch": Metric("Mean pitch", "MIDI pitch"),
    "syncopation": Metric("Syncopation", "levels, 0-2"),
    "repetition": Metric("Repeated notes", "share of the notes"),
}


def metrics_of(piece: Piece) -> dict[str, float]:
    """Compute a piece's metrics by name.

    A metric is NaN where it is undefined: in silence, without bars, or where no bar has another of
    its metre before it.
    """
    onsets = piece.roll[:, :, ONSET]
    patterns = patterns_of(piece.roll, piece.bars)
    by_pitch = onsets.sum(axis=0)
    classes = np.bincount(np.arange(len(by_pitch)) % OCTAVE, by_pitch, OCTAVE)
    pitches = np.flatnonzero(by_pitch)
    positions = metrical_positions(IN_BARS, piece.bars, 0, len(piece.roll))
    attributes = attributes_of(piece.roll, piece.rate, positions).tolist()
    return {
        "pitch_class_entropy": float(entropy(classes, base=2)) if pitches.size else np.nan,
        "scale_consistency": _scale_consistency(classes),
        "groove_consistency": _groove_consistency(patterns),
        "empty_beats": _empty_beats(patterns),
        "polyphony": float(piece.roll[:, :, SOUNDING].sum(axis=1).mean()),
        "pitch_range": float(np.ptp(pitches)) if pitches.size else np.nan,
        **dict(zip(ATTRIBUTES, attributes, strict=True)),
    }


def _scale_consistency(classes: np.ndarray) -> float:
    """Compute the share of the notes, counted by pitch class, in the best-fitting major scale."""
    scales = (np.add(MAJOR, tonic) % OCTAVE for tonic in range(OCTAVE))
    return max(classes[scale].sum() for scale in scales) / classes.sum() if any(classes) else np.nan


def _groove_consistency(patterns: list[Pattern]) -> float:
    """Compute 1 - the mean share of sixteenths with an onset in only one of two bars."""
    last, differ = {}, []
    for bar in patterns:
        onsets = bar.notes > 0
        if bar.metre in last:
            differ.append((onsets != last[bar.metre]).mean())
        last[bar.metre] = onsets
    return 1 - float(np.mean(differ)) if differ else np.nan


def _empty_beats(patterns: list[Pattern]) -> float:
    """Compute the share of beats in which nothing sounds."""
    empty = [np.add.reduceat(bar.sounding, bar.beats) == 0 for bar in patterns]
    return float(np.concatenate(empty).mean()) if empty else np.nan
