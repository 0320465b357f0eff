"""Run a trained `lstm` model one step at a time, in NumPy."""

import keras
import numpy as np

from mathrock.models.lstm_cell import lstm_step
from mathrock.pianoroll.planes import PITCHES


class Stepper:
    """An incremental decoder in NumPy: it carries the recurrent state and recomputes nothing.

    A step takes tens of microseconds; `model.predict` takes a hundred milliseconds.

    Args:
        model: a model that `build_model` built.
        takes: the number of songs that are continued at once, each with its own state.
    """

    is_autoregressive = False  # a pitch's decisions do not depend on other pitches' decisions

    def __init__(self, model: keras.Model, takes: int = 1):
        recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
        self.needs = {"before", "echo", "likeness", "place", "style"} & set(model.input)
        self._cells = [[np.asarray(w) for w in layer.get_weights()] for layer in recurrent]
        self._kernel, self._bias = model.get_layer("notes").get_weights()
        self._states = [(np.zeros((takes, layer.units), np.float32),) * 2 for layer in recurrent]
        self._logits = None

    def advance(self, context: dict[str, np.ndarray]) -> None:
        """Move to the next step, given its context: the inputs that the model `needs`."""
        before = context["before"]
        heard = [before.reshape(len(before), -1)]
        if "echo" in self.needs:
            likeness = context["likeness"]
            trust = np.repeat(likeness, before.shape[-1], axis=-1)[:, None]
            heard += [(context["echo"] * trust).reshape(len(before), -1), likeness]
        if "place" in self.needs:
            heard.append(context["place"])
        if "style" in self.needs:
            heard.append(context["style"])
        hidden = np.concatenate(heard, axis=1) if len(heard) > 1 else heard[0]
        for index, weights in enumerate(self._cells):
            self._states[index] = lstm_step(weights, hidden, self._states[index])
            hidden = self._states[index][0]
        if "style" in self.needs:
            hidden = np.concatenate([hidden, context["style"]], axis=1)
        self._logits = (hidden @ self._kernel + self._bias).reshape(len(before), PITCHES, -1)

    def logits(self, decided: np.ndarray) -> np.ndarray:
        """Return the step's logits, float32 (takes, 128, decisions), whatever is `decided`."""
        return self._logits
