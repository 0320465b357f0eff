"""The VAE's decoder along a chain of windows, step by step in NumPy.

Apart from `vae`, so that another way to step trains no model anew.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from mathrock.models.lstm_cell import lstm_step
from mathrock.models.pitch_decoder_stepper import PitchStepper, relu, weights_of
from mathrock.pianoroll.planes import PITCHES


class Stepper:
    """The trained decoder one step at a time, in NumPy, for several takes at once: see `sampling`.

    A take is a chain of windows, each with a point z of its own. Where a window begins, the decoder
    starts anew and first hears the `history` before it, as it did in training; so what sounds goes
    on across the border.

    Args:
        model: what `build_model` built.
        z: the windows' points, float32 (takes, windows, latent).
        lengths: the windows' steps, none more than the model's `window`; the last one goes on as
            long as it is asked for.
        heard: steps that come before the first window.

    Attributes:
        notes_per_second: that the odds are to lean to, 0 for none; None: those of the take's song.
    """

    joint = True
    notes_per_second: float | None = None
    needs = frozenset({"before", "place"})

    def __init__(self, model: keras.Model, z: np.ndarray, lengths: Sequence[int], heard: int = 0):
        layer = model.get_layer("decoder")
        takes, windows, latent = z.shape
        told = ops.convert_to_numpy(layer.instructions(z.reshape(-1, latent)))
        self._told = told.reshape(takes, windows, *told.shape[1:])
        self._first_of = heard + np.cumsum([0, *lengths[:-1]])
        self._step = 0
        self._lowest, self._pitches, self._rare = layer.lowest, layer.pitches, layer.rare
        self._channels = layer.channels
        (self._listen,) = weights_of(layer.hear)
        (self._was,) = weights_of(layer.was)
        self._obey, self._tell = weights_of(layer.obey), weights_of(layer.tell)
        self._cell = weights_of(layer.remember)
        self._over_pitch = PitchStepper(layer.over_pitch)
        self._takes, self._units = takes, layer.hear.units
        nothing = {"before": np.zeros((takes, PITCHES, layer.decisions), np.float32)}
        if places := len(self._obey[0]) - layer.width:
            nothing["place"] = np.zeros((takes, places), np.float32)
        self._heard = [nothing] * layer.history  # contexts of the last steps
        self._state, self._known = None, None

    def advance(self, context: dict[str, np.ndarray]) -> None:
        """Take in what is known before the next step: `before` and, if there is one, `place`."""
        window = int(np.searchsorted(self._first_of, self._step, "right")) - 1
        if window >= 0:
            self._hear(context, window, self._step - int(self._first_of[window]))
        self._heard = [*self._heard, context][1:] if self._heard else []
        self._step += 1

    def _hear(self, context: dict[str, np.ndarray], window: int, step: int) -> None:
        """Get ready to answer for a step of a window."""
        if step == 0:
            self._state = (np.zeros((self._takes, self._units), np.float32),) * 2
            for past in self._heard:
                self._hear_step(past, np.zeros_like(self._told[:, 0, 0]))
        at = min(step, self._told.shape[2] - 1)
        hidden, told, was = self._hear_step(context, self._told[:, window, at])
        kernel, bias = self._tell
        known = np.concatenate([hidden, told], axis=1) @ kernel + bias
        self._known = known.reshape(self._takes, self._pitches, self._channels) + was @ self._was

    def _hear_step(self, context, told):
        was = context["before"][:, self._lowest : self._lowest + self._pitches]
        if "place" in context:
            told = np.concatenate([told, context["place"]], axis=1)
        kernel, bias = self._obey
        x = relu(was.reshape(self._takes, -1) @ self._listen + told @ kernel + bias)
        self._state = lstm_step(self._cell, x, self._state)
        return self._state[0], told, was

    def logits(self, yes: np.ndarray) -> np.ndarray:
        """Logits (takes, 128, decisions) of every pitch, given the answers of those below it."""
        yes = yes[:, self._lowest : self._lowest + self._pitches]
        logits = np.full((self._takes, PITCHES, yes.shape[2]), self._rare, np.float32)
        logits[:, self._lowest : self._lowest + self._pitches] = self._over_pitch(self._known, yes)
        return logits
