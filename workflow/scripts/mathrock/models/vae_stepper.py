"""Run the VAE's decoder along a chain of windows, step by step, in NumPy.

The module is apart from `vae`, so that a change here trains no model again.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from mathrock.models.lstm_cell import lstm_step
from mathrock.models.pitch_decoder_stepper import PitchStepper, relu, weights_of
from mathrock.pianoroll.planes import PITCHES


class Stepper:
    """An incremental decoder in NumPy, for several takes at once: see `generation.sampling`.

    A take is a chain of windows, each with a point z of its own. At a window's first step the
    decoder resets its state and first runs over the `history` before it, as in training; so notes
    can be sustained across windows. `is_autoregressive`: it is autoregressive over pitch.

    Args:
        model: a model that `build_model` built.
        z: the windows' points, float32 (takes, windows, latent).
        lengths: the windows' steps, none more than the model's `window`; the last window lasts as
            long as steps are sampled.
        heard: steps that come before the first window.

    Attributes:
        notes_per_second: the density that sampling aims at, 0 for none; None: that of the song.
    """

    is_autoregressive = True
    notes_per_second: float | None = None
    needs = frozenset({"before", "place"})

    def __init__(self, model: keras.Model, z: np.ndarray, lengths: Sequence[int], heard: int = 0):
        layer = model.get_layer("decoder")
        takes, windows, latent = z.shape
        conditioning = ops.convert_to_numpy(layer.instructions(z.reshape(-1, latent)))
        self._conditioning = conditioning.reshape(takes, windows, *conditioning.shape[1:])
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
        """Move to the next step, given its context: `before` and, where there is one, `place`."""
        window = int(np.searchsorted(self._first_of, self._step, "right")) - 1
        if window >= 0:
            self._hear(context, window, self._step - int(self._first_of[window]))
        self._heard = [*self._heard, context][1:] if self._heard else []
        self._step += 1

    def _hear(self, context: dict[str, np.ndarray], window: int, step: int) -> None:
        """Compute pitches' features for a step of a window; reset the state at its first step."""
        if step == 0:
            self._state = (np.zeros((self._takes, self._units), np.float32),) * 2
            for past in self._heard:
                self._hear_step(past, np.zeros_like(self._conditioning[:, 0, 0]))
        at = min(step, self._conditioning.shape[2] - 1)
        hidden, conditioning, was = self._hear_step(context, self._conditioning[:, window, at])
        kernel, bias = self._tell
        known = np.concatenate([hidden, conditioning], axis=1) @ kernel + bias
        self._known = known.reshape(self._takes, self._pitches, self._channels) + was @ self._was

    def _hear_step(self, context, conditioning):
        """Run the LSTM on a step: its output, the conditioning, and the previous step's pitches."""
        was = context["before"][:, self._lowest : self._lowest + self._pitches]
        if "place" in context:
            conditioning = np.concatenate([conditioning, context["place"]], axis=1)
        kernel, bias = self._obey
        x = relu(was.reshape(self._takes, -1) @ self._listen + conditioning @ kernel + bias)
        self._state = lstm_step(self._cell, x, self._state)
        return self._state[0], conditioning, was

    def logits(self, decided: np.ndarray) -> np.ndarray:
        """Compute logits (takes, 128, decisions) of each pitch, given the decisions below it."""
        modelled = slice(self._lowest, self._lowest + self._pitches)
        logits = np.full((self._takes, PITCHES, decided.shape[2]), self._rare, np.float32)
        logits[:, modelled] = self._over_pitch(self._known, decided[:, modelled])
        return logits
