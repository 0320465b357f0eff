"""Classify the onsets of Basic Pitch as notes or not, and estimate their latencies.

A small network classifies an onset by the activations around it: at the pitch, at its neighbours,
at the octaves and harmonics that cause ghost notes, and at all pitches together, as drums raise all
pitches at once. It was trained on rendered MIDI, whose notes are known
(tools/train_note_filter.py). A second network estimates the onset's latency, because Basic
Pitch detects sounds with a slow attack late.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.atomic import replacing

INTERVALS = (0, -1, 1, -12, 12, -19, 19, -24, 24, -28, 28, -7, 7)  # semitones from the pitch
MOMENTS = (-8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 12)  # frames from the onset
FEATURES = 2 * len(INTERVALS) * len(MOMENTS) + 2 * len(MOMENTS) + 1
MIN_ONSET_PROBABILITY = 0.3  # weaker onsets are not classified
CROWD = 4  # factor that scales the small mean over 88 pitches to the range of the other features
_BLOCK = 8192  # onsets classified at a time


class NoteFilter(NamedTuple):
    """The classifier of onsets: weights and biases, float32, of each layer of its two networks.

    The attributes' names are parts of the keys of its file.
    """

    is_note: list[tuple[np.ndarray, np.ndarray]]
    lateness: list[tuple[np.ndarray, np.ndarray]]

    def classify(
        self, onsets: np.ndarray, note: np.ndarray, indices: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute the probability that each onset is a note, and its latency in seconds; both (n,).

        Args:
            onsets, note: probabilities, float32 (frames, pitches).
            indices: frame and pitch of each onset, int (n, 2).
        """
        probabilities, latencies = np.zeros(len(indices)), np.zeros(len(indices))
        for at in range(0, len(indices), _BLOCK):
            features = onset_features(onsets, note, indices[at : at + _BLOCK])
            logits = _run_network(self.is_note, features)
            probabilities[at : at + _BLOCK] = 0.5 * (1 + np.tanh(0.5 * logits))
            latencies[at : at + _BLOCK] = _run_network(self.lateness, features)
        return probabilities, latencies


def onset_features(onsets: np.ndarray, note: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Compute the features of each onset, float32 (n, `FEATURES`).

    They are, of the onset plane and then of the note plane: the probabilities at `MOMENTS` x
    `INTERVALS` around the onset, 0 outside of the piano's range and of the song, and at `MOMENTS`
    the mean over all pitches, times `CROWD`; last the height of the pitch, 0-1.

    Args:
        onsets, note: probabilities, float32 (frames, pitches).
        indices: frame and pitch of each onset, int (n, 2).
    """
    before, after = -min(MOMENTS), max(MOMENTS)
    below, above = -min(INTERVALS), max(INTERVALS)
    frames = indices[:, 0, None] + before + np.array(MOMENTS)
    pitches = indices[:, 1, None] + below + np.array(INTERVALS)
    features = []
    for plane in (onsets, note):
        padded = np.pad(plane, ((before, after), (below, above)))
        around = padded[frames[:, :, None], pitches[:, None, :]]
        features += [
            around.reshape(len(indices), -1),
            CROWD * padded.sum(axis=1)[frames] / plane.shape[1],
        ]
    height = indices[:, 1, None] / onsets.shape[1]
    return np.concatenate([*features, height], axis=1, dtype=np.float32)


def _run_network(layers: list[tuple[np.ndarray, np.ndarray]], inputs: np.ndarray) -> np.ndarray:
    for number, (weights, biases) in enumerate(layers, 1):
        inputs = inputs @ weights + biases
        if number < len(layers):
            inputs = np.maximum(inputs, 0)
    return inputs[:, 0]


def load(path: str | Path) -> NoteFilter:
    """Read a classifier that `save` wrote."""
    with np.load(path) as arrays:
        networks = []
        for name in NoteFilter._fields:
            depth = sum(key.startswith(f"{name}_weights") for key in arrays)
            keys = [(f"{name}_weights_{i}", f"{name}_biases_{i}") for i in range(depth)]
            networks.append(
                [(arrays[w].astype(np.float32), arrays[b].astype(np.float32)) for w, b in keys]
            )
    return NoteFilter(*networks)


def save(path: str | Path, classifier: NoteFilter) -> None:
    """Write a classifier as .npz, with weights as 16-bit floats, whole or not at all."""
    arrays = {}
    for name, layers in classifier._asdict().items():
        for i, (weights, biases) in enumerate(layers):
            arrays[f"{name}_weights_{i}"] = weights.astype(np.float16)
            arrays[f"{name}_biases_{i}"] = biases.astype(np.float16)
    with replacing(path) as temporary:
        np.savez(temporary, **arrays)
