"""One step of a Keras LSTM in NumPy."""

import numpy as np

State = tuple[np.ndarray, np.ndarray]  # what it puts out, and its cell


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
