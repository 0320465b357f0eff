"""Run a trained pitch decoder in NumPy."""

import keras
import numpy as np

from mathrock.models.pitch_decoder import BELOW, OCTAVE, REACH, OverPitch


class PitchStepper:
    """The trained layer in NumPy, ten times as fast as in Keras for a single step."""

    def __init__(self, layer: OverPitch):
        self._below, *self._blocks = map(Convolution, (layer.below, *layer.blocks))
        (self._count,) = weights_of(layer.count)
        self._think, self._answer = weights_of(layer.think), weights_of(layer.answer)

    def __call__(self, known: np.ndarray, decided: np.ndarray) -> np.ndarray:
        """Compute logits, as `OverPitch.call` does."""
        sounds = decided.sum(axis=-1)
        classes = sounds.copy()
        for pitch in range(OCTAVE, classes.shape[1], OCTAVE):
            fresh = classes[:, pitch : pitch + OCTAVE]
            fresh += classes[:, pitch - OCTAVE : pitch][:, : fresh.shape[1]]
        heard = np.concatenate([decided, classes[..., None]], axis=-1)
        count = (np.cumsum(sounds, axis=1) - sounds)[..., None]
        count = np.concatenate([count / 4, count < 0.5, count > 3.5], axis=-1, dtype=np.float32)
        below = self._below(np.pad(heard, ((0, 0), (1, 0), (0, 0)))[:, :-1], BELOW - 1)
        x = relu(known + below + count @ self._count)
        for block in self._blocks:
            x = x + relu(block(x, REACH - 1))
        kernel, bias = self._think
        x = relu(x @ kernel + bias)
        kernel, bias = self._answer
        return x @ kernel + bias


class Convolution:
    """A convolution over pitch, computed as one product of matrices."""

    def __init__(self, layer: keras.layers.Conv1D):
        kernel, *bias = weights_of(layer)
        self._taps = len(kernel)
        self._kernel = kernel.transpose(1, 0, 2).reshape(-1, kernel.shape[-1])
        self._bias = bias[0] if bias else np.float32(0)

    def __call__(self, x: np.ndarray, left: int) -> np.ndarray:
        """Convolve (takes, pitches, channels), `left` taps below the pitch -> (..., units)."""
        x = np.pad(x, ((0, 0), (left, self._taps - 1 - left), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, self._taps, axis=1)
        return windows.reshape(*windows.shape[:2], -1) @ self._kernel + self._bias


def weights_of(layer) -> list[np.ndarray]:
    """Get a layer's weights in NumPy, float32."""
    return [np.asarray(weights, np.float32) for weights in layer.get_weights()]


def relu(x: np.ndarray) -> np.ndarray:
    """Replace negative values by 0."""
    return np.maximum(x, 0)
