"""Estimate in each frame whether there is an eighth, beat, downbeat, kick, snare or hi-hat.

The estimator is a temporal convolutional network on a mel spectrogram, as in Davies and Böck
("Temporal Convolutional Networks for Musical Audio Beat Tracking", EUSIPCO 2019) and, with drums as
additional targets, Böck and Davies ("Deconstruct, Analyse, Reconstruct", ISMIR 2020). It is small
enough for NumPy: residual blocks with dilations of 1, 2, 4, ... frames have a receptive field of
some 24 s either way. It was trained on rendered MIDI whose bars are known, in many metres
(tools/train_rhythm.py).
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.audio.mel_spectrogram import RESOLUTION_DB
from mathrock.files.atomic import replacing

OUTPUTS = ("eighth", "beat", "downbeat", "kick", "snare", "hat")
TAPS = 5  # of each block's dilated convolution
LOUD = 95  # percentile of the frames' loudest bands, to which levels are relative
_DECIBELS, _OFFSET, _LEAST, _MOST = 20.0, 2.0, -1.5, 2.5  # unit, offset and range of inputs
_STRETCH = 8192  # frames computed at a time


class RhythmNetwork(NamedTuple):
    """The rhythm network: weights and biases, float32, of its layers.

    They are two convolutions of the spectrogram, pairs of a dilated convolution and one that mixes
    its channels, and the output layer.
    """

    layers: list[tuple[np.ndarray, np.ndarray]]

    def predict(self, levels: np.ndarray) -> np.ndarray:
        """Compute the log-odds of `OUTPUTS`, float32 (frames, 6), from levels.

        Args:
            levels: a mel spectrogram, uint8 (frames, bands).
        """
        first, second, *blocks, _ = self.layers
        reach = (len(first[0]) + len(second[0])) // 2
        reach += sum(2**number * (TAPS // 2) for number in range(len(blocks) // 2))
        result = np.zeros((len(levels), len(OUTPUTS)), np.float32)
        inputs = normalise_levels(levels)
        for at in range(0, len(levels), _STRETCH):
            begin = max(0, at - reach)
            part = inputs[begin : at + _STRETCH + reach]
            result[at : at + _STRETCH] = self._answers(part)[at - begin :][:_STRETCH]
        return result

    def _answers(self, inputs: np.ndarray) -> np.ndarray:
        first, second, *blocks, (weights, biases) = self.layers
        x = _elu(_convolve(_elu(_convolve(inputs, *first)), *second))
        for number, (far, mix) in enumerate(zip(blocks[::2], blocks[1::2], strict=True)):
            x = x + _convolve(_elu(_convolve(x, *far, spread=2**number)), *mix)
        return _elu(x) @ weights[0] + biases


def normalise_levels(levels: np.ndarray) -> np.ndarray:
    """Normalise a mel spectrogram by the loudness of its recording, float32 (frames, bands)."""
    loudest = levels.max(axis=1) if len(levels) else np.zeros(1)
    apart = levels.astype(np.float32) - np.float32(np.percentile(loudest, LOUD))
    return np.clip(
        apart * np.float32(RESOLUTION_DB / _DECIBELS) + _OFFSET, _LEAST, _MOST, dtype=np.float32
    )


def _convolve(x: np.ndarray, weights: np.ndarray, biases: np.ndarray, spread: int = 1):
    """Convolve (frames, channels) in time with weights (taps, channels, units).

    Taps are `spread` frames apart; the input is padded with zeros.
    """
    taps = len(weights)
    padded = np.pad(x, ((taps // 2 * spread,) * 2, (0, 0)))
    inputs = [padded[tap * spread :][: len(x)] for tap in range(taps)]
    return np.concatenate(inputs, axis=1) @ weights.reshape(-1, weights.shape[-1]) + biases


def _elu(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def load(path: str | Path) -> RhythmNetwork:
    """Read a network that `save` wrote."""
    with np.load(path) as arrays:
        count = len(arrays) // 2
        names = [(f"weights_{i}", f"biases_{i}") for i in range(count)]
        layers = [(arrays[w].astype(np.float32), arrays[b].astype(np.float32)) for w, b in names]
    return RhythmNetwork(layers)


def save(path: str | Path, listener: RhythmNetwork) -> None:
    """Write a network as .npz, with weights as 16-bit floats, whole or not at all."""
    arrays = {}
    for i, (weights, biases) in enumerate(listener.layers):
        arrays[f"weights_{i}"] = weights.astype(np.float16)
        arrays[f"biases_{i}"] = biases.astype(np.float16)
    with replacing(path) as temporary:
        np.savez(temporary, **arrays)
