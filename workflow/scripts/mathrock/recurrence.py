"""An LSTM as Keras trains it, and a step of it in NumPy, to which Keras takes a thousand times as
long."""

import keras
import numpy as np

State = tuple[np.ndarray, np.ndarray]  # what it puts out, and its cell


def lstm_layer(units: int, **options) -> keras.layers.LSTM:
    """An LSTM that puts out every step, (batch, time, units), in float32 even where training is in
    bfloat16: of cuDNN's LSTM, the fast one on a GPU, JAX has no other."""
    return keras.layers.LSTM(units, return_sequences=True, dtype="float32", **options)


def lstm_step(weights: list[np.ndarray], x: np.ndarray, state: State) -> State:
    """The state after one more step.

    Args:
        weights: a Keras LSTM's: kernel, recurrent kernel, bias.
        x: what goes in, (rows, channels).
        state: before, (rows, units) each.
    """
    kernel, recurrent, bias = weights
    hidden, cell = state
    entry, forget, new, out = np.split(x @ kernel + hidden @ recurrent + bias, 4, axis=1)
    cell = _sigmoid(forget) * cell + _sigmoid(entry) * np.tanh(new)
    return _sigmoid(out) * np.tanh(cell), cell


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))
