"""Which of the onsets that Basic Pitch hears are notes, and when exactly they were struck.

A small network looks at what was heard around each onset: at the pitch itself, at its neighbours,
at the octaves and harmonics that a ghost would come from, and at all pitches together, which a drum
raises at once. It was trained on rendered MIDI (tools/train_note_filter.py), so the truth was
known. A second network tells how late the onset was heard: a slow-speaking sound is heard late.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.atomic import replacing

INTERVALS = (0, -1, 1, -12, 12, -19, 19, -24, 24, -28, 28, -7, 7)  # semitones from the pitch
MOMENTS = (-8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 12)  # frames from the onset
FEATURES = 2 * len(INTERVALS) * len(MOMENTS) + 2 * len(MOMENTS) + 1
FAINTEST = 0.3  # probability of an onset below which none is looked at
CROWD = 4  # a mean over 88 pitches is small: this brings it to the size of the other features
_BLOCK = 8192  # onsets looked at together


class NoteFilter(NamedTuple):
    """Weights and biases, float32, of each layer of the two networks."""

    is_note: list[tuple[np.ndarray, np.ndarray]]
    lateness: list[tuple[np.ndarray, np.ndarray]]

    def judge(
        self, onsets: np.ndarray, note: np.ndarray, places: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """How likely each onset is a note, 0-1, and how late it was heard in seconds; both (n,).

        Args:
            onsets, note: probabilities, float32 (frames, pitches).
            places: frame and pitch of each onset, int (n, 2).
        """
        chances, late = np.zeros(len(places)), np.zeros(len(places))
        for at in range(0, len(places), _BLOCK):
            seen = features(onsets, note, places[at : at + _BLOCK])
            logits = _run(self.is_note, seen)
            chances[at : at + _BLOCK] = 0.5 * (1 + np.tanh(0.5 * logits))
            late[at : at + _BLOCK] = _run(self.lateness, seen)
        return chances, late


def features(onsets: np.ndarray, note: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What the networks see of each onset, float32 (n, `FEATURES`).

    Of the onset plane, then of the note plane: what is heard at `MOMENTS` x `INTERVALS` around it,
    0 beyond the piano and the song, and at `MOMENTS` the mean over all pitches, times `CROWD`. Last
    the height of the pitch, 0-1.

    Args:
        onsets, note: probabilities, float32 (frames, pitches).
        places: frame and pitch of each onset, int (n, 2).
    """
    before, after = -min(MOMENTS), max(MOMENTS)
    below, above = -min(INTERVALS), max(INTERVALS)
    frames = places[:, 0, None] + before + np.array(MOMENTS)
    pitches = places[:, 1, None] + below + np.array(INTERVALS)
    seen = []
    for plane in (onsets, note):
        padded = np.pad(plane, ((before, after), (below, above)))
        around = padded[frames[:, :, None], pitches[:, None, :]]
        seen += [
            around.reshape(len(places), -1),
            CROWD * padded.sum(axis=1)[frames] / plane.shape[1],
        ]
    height = places[:, 1, None] / onsets.shape[1]
    return np.concatenate([*seen, height], axis=1, dtype=np.float32)


def _run(layers: list[tuple[np.ndarray, np.ndarray]], seen: np.ndarray) -> np.ndarray:
    for number, (weights, biases) in enumerate(layers, 1):
        seen = seen @ weights + biases
        if number < len(layers):
            seen = np.maximum(seen, 0)
    return seen[:, 0]


def load(path: str | Path) -> NoteFilter:
    """Read what `save` wrote."""
    with np.load(path) as arrays:
        networks = []
        for name in NoteFilter._fields:
            depth = sum(key.startswith(f"{name}_weights") for key in arrays)
            keys = [(f"{name}_weights_{i}", f"{name}_biases_{i}") for i in range(depth)]
            networks.append(
                [(arrays[w].astype(np.float32), arrays[b].astype(np.float32)) for w, b in keys]
            )
    return NoteFilter(*networks)


def save(path: str | Path, judge: NoteFilter) -> None:
    """Write the weights as 16-bit floats in an .npz, whole or not at all."""
    arrays = {}
    for name, layers in judge._asdict().items():
        for i, (weights, biases) in enumerate(layers):
            arrays[f"{name}_weights_{i}"] = weights.astype(np.float16)
            arrays[f"{name}_biases_{i}"] = biases.astype(np.float16)
    with replacing(path) as temporary:
        np.savez(temporary, **arrays)
