"""Run a trained `chords` model one step at a time, in NumPy."""

import keras
import numpy as np

from mathrock.models.chords import pitch_features
from mathrock.models.lstm_cell import lstm_step
from mathrock.models.pitch_decoder import OCTAVE
from mathrock.models.pitch_decoder_stepper import Convolution, PitchStepper, relu, weights_of
from mathrock.pianoroll.planes import PITCHES, SOUNDING


class Stepper:
    """An incremental decoder in NumPy, for several takes at once.

    `advance` runs the first stage and keeps its state; `logits` runs the second, given the
    decisions of lower pitches so far. `is_autoregressive`: it is autoregressive over pitch.
    """

    is_autoregressive = True
    needs = frozenset({"before", "echo", "likeness", "place", "style"})

    def __init__(self, model: keras.Model, takes: int = 1):
        layer = model.get_layer("chords")
        self._lowest, self._pitches, self._rare = layer.lowest, layer.pitches, layer.rare
        self._height = pitch_features(layer.lowest, layer.pitches) if layer.has_height else None
        self._hear, self._hear_again = map(Convolution, (layer.hear, layer.hear_again))
        dense = (layer.know, layer.know_again, layer.recall)
        self._know, self._know_again, self._recall = (weights_of(d)[0] for d in dense)
        self._over_pitch = PitchStepper(layer.over_pitch)
        self._cells = [weights_of(lstm) for lstm in layer.remember]
        self._takes = takes
        rows = (takes * layer.pitches, layer.recall.units)
        self._states = [(np.zeros(rows, np.float32),) * 2 for _ in self._cells]

    def advance(self, context: dict[str, np.ndarray]) -> None:
        """Move to the next step, given its context by name: see `generation.context`."""
        heard, known = self._context(context)
        x = relu(self._hear(heard, OCTAVE) + known @ self._know)
        x = x.reshape(self._takes * self._pitches, -1)
        for number, weights in enumerate(self._cells):
            self._states[number] = lstm_step(weights, x, self._states[number])
            x = x + self._states[number][0]
        x = (x @ self._recall).reshape(self._takes, self._pitches, -1)
        self._known = self._hear_again(heard, OCTAVE) + known @ self._know_again + x

    def logits(self, decided: np.ndarray) -> np.ndarray:
        """Compute logits (takes, 128, decisions) of each pitch, given the decisions below it."""
        modelled = slice(self._lowest, self._lowest + self._pitches)
        logits = np.full((self._takes, PITCHES, decided.shape[2]), self._rare, np.float32)
        logits[:, modelled] = self._over_pitch(self._known, decided[:, modelled])
        return logits

    def _context(self, context):
        """Build the inputs of one step, as `Chords._context` does."""
        modelled = slice(self._lowest, self._lowest + self._pitches)
        before, echo = context["before"][:, modelled], context["echo"][:, modelled]
        likeness = context["likeness"]
        trust = np.repeat(likeness, before.shape[-1], axis=-1)[:, None]
        octaves = -(-self._pitches // OCTAVE)
        padding = ((0, 0), (0, octaves * OCTAVE - self._pitches))
        classes = np.pad(before[..., SOUNDING], padding).reshape(self._takes, octaves, OCTAVE)
        classes = np.tile(classes.sum(axis=1), octaves)[:, : self._pitches, None]
        heard = np.concatenate([before, echo, echo * trust, classes], axis=-1)
        known = [likeness, likeness * likeness, before.sum(axis=1) / 4, echo.sum(axis=1) / 4]
        known += [context[name] for name in ("place", "style") if name in context]
        known = np.concatenate(known, axis=-1)[:, None]
        known = np.broadcast_to(known, (self._takes, self._pitches, known.shape[-1]))
        if self._height is not None:
            height = np.broadcast_to(self._height, (self._takes, *self._height.shape))
            known = np.concatenate([known, height], axis=-1)
        return heard.astype(np.float32), known.astype(np.float32)
