"""The notebook's model done right: one LSTM, a sigmoid for each pitch and plane.

Given the steps so far, every pitch is an independent coin for "sounds" and one for "is struck" in
the next step. It is the baseline: what it cannot know is which notes belong together.
"""

import keras
import numpy as np

from mathrock.planes import PITCHES, PLANES

WIDTH = PITCHES * len(PLANES)


def build_model(
    units: int = 56,
    layers: int = 1,
    dropout: float = 0.0,
    frequencies: np.ndarray | None = None,
) -> keras.Model:
    """Steps (batch, time, 128, 2) -> logits of the step after each, of the same shape.

    Args:
        units: size of each LSTM layer.
        layers: LSTM layers on top of one another.
        dropout: share of each layer's outputs dropped in training, 0-1.
        frequencies: how often each pitch and plane is on in the training songs, (128, 2): where
            the output biases start, so that training need not first learn which notes exist.
    """
    steps = keras.Input((None, PITCHES, len(PLANES)), name="steps")
    hidden = keras.layers.Reshape((-1, WIDTH))(steps)
    for number in range(1, layers + 1):
        hidden = keras.layers.LSTM(units, return_sequences=True, name=f"lstm_{number}")(hidden)
        hidden = keras.layers.Dropout(dropout, seed=number)(hidden)
    notes = keras.layers.Dense(WIDTH, name="notes")
    logits = keras.layers.Reshape((-1, PITCHES, len(PLANES)))(notes(hidden))
    if frequencies is not None:
        odds = np.log(frequencies / (1 - frequencies))
        notes.bias.assign(odds.reshape(-1).astype("float32"))
    return keras.Model(steps, logits, name="lstm")


class Stepper:
    """The trained model one step at a time, in NumPy: the state is carried, nothing recomputed.

    A step costs tens of microseconds; `model.predict` in a loop costs a hundred milliseconds.
    """

    def __init__(self, model: keras.Model):
        recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
        self._cells = [[np.asarray(w) for w in layer.get_weights()] for layer in recurrent]
        self._kernel, self._bias = model.get_layer("notes").get_weights()
        self._states = [(np.zeros(layer.units, "float32"),) * 2 for layer in recurrent]

    def step(self, frame: np.ndarray) -> np.ndarray:
        """Take in one step, bool (128, 2); give the logits of the next, float32 (128, 2)."""
        on = np.flatnonzero(frame)
        kernel, recurrent, bias = self._cells[0]
        hidden = self._advance(0, kernel[on].sum(axis=0), recurrent, bias)  # few of 256 are on
        for index, (kernel, recurrent, bias) in enumerate(self._cells[1:], start=1):
            hidden = self._advance(index, hidden @ kernel, recurrent, bias)
        return (hidden @ self._kernel + self._bias).reshape(PITCHES, len(PLANES))

    def _advance(self, index, drive, recurrent, bias) -> np.ndarray:
        hidden, cell = self._states[index]
        gates = drive + hidden @ recurrent + bias
        entry, forget, new, out = np.split(gates, 4)
        cell = _sigmoid(forget) * cell + _sigmoid(entry) * np.tanh(new)
        hidden = _sigmoid(out) * np.tanh(cell)
        self._states[index] = hidden, cell
        return hidden


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))
