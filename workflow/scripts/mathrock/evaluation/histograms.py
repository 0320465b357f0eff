"""Compute histograms of a piece's notes, with the same bins for all pieces.

Most are features of Yang and Lerch ("On the evaluation of generative models in music", Neural
Computing and Applications 32, 2020): pitch classes, intervals, note lengths. Their features
of the bar assume one metre; those here count sixteenths from each bar line, see `bar_patterns`.
Note lengths are in seconds, which are known even where beats are not.

No library serves: muspy knows one metre, and `amads` 1.4 has pitch classes and intervals, on
its own scores, but neither groove nor scale consistency, and needs pandas and partitura.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mathrock.evaluation.bar_patterns import patterns_of
from mathrock.evaluation.pieces import Piece
from mathrock.pianoroll.planes import ONSET, PITCHES, SOUNDING

OCTAVE = 12
PITCH_CLASSES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MOST_AT_ONCE, MOST_A_BEAT = 8, 8
MOST_SIXTEENTHS = 32  # of a bar: two bars of 4/4
# Bins end between the multiples of 1/16 s, as a grid has them.
LENGTHS = 0.1 * 2 ** (np.arange(11) / 2)  # seconds
NOTES_A_SECOND = (0, 1, 2, 3, 5, 7, 9, 13, 17, 25, 33)  # at which bins begin
METRES = ("2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "2/2", "3/8", "5/8", "6/8", "7/8", "8/8")
METRES += ("9/8", "10/8", "11/8", "12/8", "13/8", "15/8", "other")


class Feature(NamedTuple):
    """A histogram's labels for people: its name, what is counted, and the bins' names."""

    label: str
    unit: str
    bins: tuple[str, ...]


def _count_labels(most: int) -> tuple[str, ...]:
    """Label the bins of counts from 0 to `most` or more."""
    return (*map(str, range(most)), f"{most}+")


def _range_labels(begins: Sequence[int]) -> tuple[str, ...]:
    """Label the bins that begin at these numbers."""
    named = [f"{a}" if a == b - 1 else f"{a}-{b - 1}" for a, b in pairwise(begins)]
    return (*named, f"{begins[-1]}+")


_EDGES = [f"{length:.2g}" for length in LENGTHS]
_BETWEEN = [f"{a}-{b}" for a, b in pairwise(_EDGES)]
FEATURES = {
    "pitch_class": Feature("Pitch classes", "share of the notes", PITCH_CLASSES),
    "interval": Feature(
        "Steps of the top line",
        "semitones, up or down",
        ("-12 or more", *(f"{step:+d}" if step else "0" for step in range(-11, 12)), "+12 or more"),
    ),
    "note_length": Feature(
        "Note lengths", "seconds", (f"under {_EDGES[0]}", *_BETWEEN, f"{_EDGES[-1]}+")
    ),
    "onsets_per_beat": Feature(
        "Onsets in a beat", "sixteenths of the beat that are struck", _count_labels(MOST_A_BEAT)
    ),
    "polyphony": Feature("Notes at once", "sounding notes", _count_labels(MOST_AT_ONCE)),
    "density": Feature("Density", "notes struck in a second", _range_labels(NOTES_A_SECOND)),
    "groove": Feature(
        "Groove: where in the bar notes are struck",
        "sixteenths after the bar line",
        _count_labels(MOST_SIXTEENTHS - 1),
    ),
    "metre": Feature("Metres", "share of the time", METRES),
}


def distributions_of(piece: Piece) -> dict[str, np.ndarray | None]:
    """Compute each feature's normalised histogram, float64 (bins,); its shares sum to 1.

    None stands for a histogram of nothing: in silence, or of bars where none are known.
    """
    onsets = piece.roll[:, :, ONSET]
    patterns = patterns_of(piece.roll, piece.bars)
    in_beats = [np.add.reduceat(bar.notes > 0, bar.beats, dtype=np.int64) for bar in patterns]
    in_bars = [np.repeat(np.arange(len(bar.notes)), bar.notes) for bar in patterns]
    in_seconds = _onsets_per_second(onsets, piece.rate)
    found = {
        "pitch_class": np.nonzero(onsets)[1] % OCTAVE,
        "interval": np.clip(np.diff(_top_line(onsets)), -OCTAVE, OCTAVE) + OCTAVE,
        "note_length": np.searchsorted(LENGTHS, _note_lengths(piece.roll) / piece.rate, "right"),
        "onsets_per_beat": np.minimum(_concatenate(in_beats), MOST_A_BEAT),
        "polyphony": np.minimum(piece.roll[:, :, SOUNDING].sum(axis=1), MOST_AT_ONCE),
        "density": np.searchsorted(NOTES_A_SECOND, in_seconds, "right") - 1,
        "groove": np.minimum(_concatenate(in_bars), MOST_SIXTEENTHS - 1),
    }
    result = {name: _shares(bins, name) for name, bins in found.items()}
    return result | {"metre": _shares(*_metres(piece))}


def _shares(bins: np.ndarray, name: str, weights: np.ndarray | None = None) -> np.ndarray | None:
    """Count what falls in each bin of a feature, normalised; None where nothing does."""
    counts = np.bincount(bins, weights, len(FEATURES[name].bins))
    return counts / counts.sum() if counts.sum() else None


def _concatenate(arrays: list[np.ndarray]) -> np.ndarray:
    """Concatenate integer arrays, of which there may be none."""
    return np.concatenate([np.zeros(0, np.int64), *arrays])


def _top_line(onsets: np.ndarray) -> np.ndarray:
    """Find the highest pitch of each step with an onset, int (n,)."""
    return PITCHES - 1 - onsets[onsets.any(axis=1)][:, ::-1].argmax(axis=1)


def _note_lengths(roll: np.ndarray) -> np.ndarray:
    """Measure the notes that begin in the roll, in steps up to its end at most, int (notes,)."""
    onsets = roll[:, :, ONSET]
    steps = np.arange(len(roll))[:, None]
    ends = np.where(onsets | ~roll[:, :, SOUNDING], steps, len(roll))
    next_end = np.minimum.accumulate(ends[::-1], axis=0)[::-1]
    next_end = np.concatenate([next_end[1:], np.full_like(next_end[:1], len(roll))])
    return (next_end - steps)[onsets]


def _onsets_per_second(onsets: np.ndarray, rate: float) -> np.ndarray:
    """Count the onsets in each whole second, int (seconds,)."""
    edges = np.rint(np.arange(int(len(onsets) / rate + 1e-6) + 1) * rate).astype(np.int64)
    return np.diff(np.concatenate([[0], np.cumsum(onsets.sum(axis=1))])[edges])


def _metres(piece: Piece) -> tuple[np.ndarray, str, np.ndarray]:
    """Give each bar's bin, the feature's name, and each bar's steps within the piece."""
    lines = np.clip(piece.bars["step"], 0, len(piece.roll))
    named = [f"{n}/{d}" for n, d in piece.bars[["numerator", "denominator"]][:-1].tolist()]
    bins = [METRES.index(name if name in METRES else "other") for name in named]
    return np.array(bins, np.int64), "metre", np.diff(lines)
