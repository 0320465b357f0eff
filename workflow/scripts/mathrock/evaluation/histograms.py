"""How a piece of music's notes are distributed: histograms with the same bins for all pieces.

Most are features of Yang and Lerch ("On the evaluation of generative models in music", Neural
Computing and Applications 32, 2020): pitch classes, intervals, note lengths. Theirs of the bar
assume one metre; those here count sixteenths from each bar's own line, see `barpatterns`. Lengths
are in seconds, which are known where beats are not.

No library was taken: muspy knows one metre, and `amads` 1.4 has pitch classes and intervals, on
scores of its own, but neither groove nor scale consistency, and needs pandas and partitura.
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
    """A distribution for people: its name, what is counted, and the bins' names."""

    label: str
    unit: str
    bins: tuple[str, ...]


def _numbers(most: int) -> tuple[str, ...]:
    return (*map(str, range(most)), f"{most}+")


def _ranges(begins: Sequence[int]) -> tuple[str, ...]:
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
        "Onsets in a beat", "sixteenths of the beat that are struck", _numbers(MOST_A_BEAT)
    ),
    "polyphony": Feature("Notes at once", "sounding notes", _numbers(MOST_AT_ONCE)),
    "density": Feature("Density", "notes struck in a second", _ranges(NOTES_A_SECOND)),
    "groove": Feature(
        "Groove: where in the bar notes are struck",
        "sixteenths after the bar line",
        _numbers(MOST_SIXTEENTHS - 1),
    ),
    "metre": Feature("Metres", "share of the time", METRES),
}


def distributions_of(piece: Piece) -> dict[str, np.ndarray | None]:
    """The shares of each feature's bins, float64 (bins,), which sum to 1; None where there is
    nothing to count: in silence, or without bars what is counted in them."""
    struck = piece.roll[:, :, ONSET]
    patterns = patterns_of(piece.roll, piece.bars)
    a_beat = [np.add.reduceat(bar.notes > 0, bar.beats, dtype=np.int64) for bar in patterns]
    places = [np.repeat(np.arange(len(bar.notes)), bar.notes) for bar in patterns]
    found = {
        "pitch_class": np.nonzero(struck)[1] % OCTAVE,
        "interval": np.clip(np.diff(_top_line(struck)), -OCTAVE, OCTAVE) + OCTAVE,
        "note_length": np.searchsorted(LENGTHS, _lengths(piece.roll) / piece.rate, "right"),
        "onsets_per_beat": np.minimum(_joined(a_beat), MOST_A_BEAT),
        "polyphony": np.minimum(piece.roll[:, :, SOUNDING].sum(axis=1), MOST_AT_ONCE),
        "density": np.searchsorted(NOTES_A_SECOND, _by_second(struck, piece.rate), "right") - 1,
        "groove": np.minimum(_joined(places), MOST_SIXTEENTHS - 1),
    }
    result = {name: _shares(bins, name) for name, bins in found.items()}
    return result | {"metre": _shares(*_metres(piece))}


def _shares(bins: np.ndarray, name: str, weights: np.ndarray | None = None) -> np.ndarray | None:
    counts = np.bincount(bins, weights, len(FEATURES[name].bins))
    return counts / counts.sum() if counts.sum() else None


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int64), *arrays])


def _top_line(struck: np.ndarray) -> np.ndarray:
    """The highest pitch of each step in which anything is struck, int (n,)."""
    return PITCHES - 1 - struck[struck.any(axis=1)][:, ::-1].argmax(axis=1)


def _lengths(roll: np.ndarray) -> np.ndarray:
    """Steps that each note that is struck here lasts, as far as it is heard here, int (notes,)."""
    struck = roll[:, :, ONSET]
    steps = np.arange(len(roll))[:, None]
    ends = np.where(struck | ~roll[:, :, SOUNDING], steps, len(roll))
    next_end = np.minimum.accumulate(ends[::-1], axis=0)[::-1]
    next_end = np.concatenate([next_end[1:], np.full_like(next_end[:1], len(roll))])
    return (next_end - steps)[struck]


def _by_second(struck: np.ndarray, rate: float) -> np.ndarray:
    """Notes struck in each whole second, int (seconds,)."""
    edges = np.rint(np.arange(int(len(struck) / rate + 1e-6) + 1) * rate).astype(np.int64)
    return np.diff(np.concatenate([[0], np.cumsum(struck.sum(axis=1))])[edges])


def _metres(piece: Piece) -> tuple[np.ndarray, str, np.ndarray]:
    """Bins, the feature's name, and how many of the piece's steps each bar lasts."""
    lines = np.clip(piece.bars["step"], 0, len(piece.roll))
    named = [f"{n}/{d}" for n, d in piece.bars[["numerator", "denominator"]][:-1].tolist()]
    bins = [METRES.index(name if name in METRES else "other") for name in named]
    return np.array(bins, np.int64), "metre", np.diff(lines)
