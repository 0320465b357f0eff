"""Compute one step of a Keras LSTM in NumPy."""

import numpy as np

State = tuple[np.ndarray, np.ndarray]  # output and cell


def lstm_step(weights: list[np.ndarray], x: np.ndarray, state: State) -> State:
    """Compute the state after one more step.

    Args:
        weights: those of a Keras LSTM: kernel, recurrent kernel, bias.
        x: the input, (rows, channels).
        state: the state before the step, (rows, units) each.
    """
    kernel, recurrent, bias = weights
    hidden, cell = state
    gates = np.split(x @ kernel + hidden @ recurrent + bias, 4, axis=1)
    input_gate, forget_gate, candidate, output_gate = gates
    cell = _sigmoid(forget_gate) * cell + _sigmoid(input_gate) * np.tanh(candidate)
    return _sigmoid(output_gate) * np.tanh(cell), cell


def _sigmoid(x: np.ndarray) -> np.ndarray:
    """Compute the logistic function by tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x))
