"""Build a model of the notes of a step, autoregressive over time and over pitch.

The model has two stages with the same weights for every pitch, after the biaxial network with tied
parallel weights of Johnson ("Generating Polyphonic Music Using Tied Parallel Networks", EvoMUSART
2017):

1. *Time.* Each pitch gets the previous step and the match model's predictions (see `match_model`)
   for the two octaves around it, relative to itself, so that the model generalizes over
   transpositions. One LSTM a pitch carries the state.
2. *Pitch.* From low to high, each pitch predicts the decisions of `step_likelihood`, given the
   first stage's state and the decisions of the pitches below. Johnson uses a recurrent network;
   here causal convolutions over pitch, see `pitch_decoder`, let training run in parallel.

The product over pitches is the exact probability of the whole step: it needs no sampling and sums
to 1 over all possible steps.
"""

import keras
import numpy as np
from keras import ops

from mathrock.models.music_facts import MusicFacts
from mathrock.models.pitch_decoder import OCTAVE, OverPitch
from mathrock.models.recurrence import lstm_layer
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.match_model import HISTORY_LENGTHS
from mathrock.pianoroll.planes import PITCHES, SOUNDING

AROUND = 2 * OCTAVE + 1  # pitches of the kernel: an octave either way


def build_model(
    music: MusicFacts,
    units: int = 64,
    layers: int = 1,
    depth: int = 3,
    dropout: float = 0.3,
    height: bool = True,
) -> keras.Model:
    """Build the model: from a step's context to its negative log-likelihood in nats.

    Args:
        units: size of every layer.
        layers: LSTM layers over time.
        depth: causal blocks over pitch.
        dropout: share of each layer's outputs dropped in training, 0-1.
        height: whether the pitch itself is an input. Without it, the model is exactly equivariant
            to transposition, except at the lowest and highest pitches.

    Returns:
        A model of {"before", "echo", "likeness", "steps", "memory"}, with "place" where the grid
        has cycles and "style" where songs have conditioning vectors, as `dataset.crops` cuts them:
        {"nats": (batch, time), "memory": as the input}.
    """
    chords = Chords(
        lowest=music.lowest,
        highest=music.highest,
        rare=float(np.log(0.5 / (music.steps + 0.5))),
        units=units,
        layers=layers,
        depth=depth,
        dropout=dropout,
        height=height,
        decisions=music.planes,
        name="chords",
    )
    inputs = {
        "before": keras.Input((None, PITCHES, music.planes), name="before"),
        "echo": keras.Input((None, PITCHES, len(HISTORY_LENGTHS) * music.planes), name="echo"),
        "likeness": keras.Input((None, len(HISTORY_LENGTHS)), name="likeness"),
        "steps": keras.Input((None, PITCHES, music.planes), name="steps"),
        "memory": keras.Input((chords.pitches, layers, 2, units), name="memory"),
    }
    if music.cycles:
        inputs["place"] = keras.Input((None, 2 * len(music.cycles)), name="place")
    if music.styles:
        inputs["style"] = keras.Input((None, music.styles), name="style")
    return keras.Model(inputs, chords(inputs), name="chords")


@keras.saving.register_keras_serializable("mathrock")
class Chords(keras.layers.Layer):
    """Both stages of the model and the negative log-likelihood of the steps.

    Only pitches from `lowest` to `highest` are modelled; the logit of every decision of the other
    pitches is `rare`, a constant.
    """

    def __init__(
        self, lowest, highest, rare, units, layers, depth, dropout, height, decisions, **rest
    ):
        super().__init__(**rest)
        self._sizes = {
            "lowest": lowest,
            "highest": highest,
            "rare": rare,
            "units": units,
            "layers": layers,
            "depth": depth,
            "dropout": dropout,
            "height": height,
            "decisions": decisions,
        }
        self.lowest, self.pitches, self.rare = lowest, highest - lowest + 1, rare
        self.has_height = height
        layer = keras.layers
        self.hear = layer.Conv1D(units, AROUND, padding="same", name="hear")
        self.know = layer.Dense(units, use_bias=False, name="know")
        self.remember = [
            lstm_layer(units, return_state=True, name=f"remember_{n}") for n in range(1, layers + 1)
        ]
        self.hear_again = layer.Conv1D(units, AROUND, padding="same", name="hear_again")
        self.know_again = layer.Dense(units, use_bias=False, name="know_again")
        self.recall = layer.Dense(units, use_bias=False, name="recall")
        self.over_pitch = OverPitch(units, depth, decisions, dropout, name="over_pitch")
        self.drops = [layer.Dropout(dropout, seed=n) for n in range(layers + 1)]

    def build(self, input_shapes):
        """Do nothing: the layers are built when they are first called."""

    def get_config(self):
        """Return the constructor's arguments, which a saved model holds."""
        return super().get_config() | self._sizes

    def call(self, inputs):
        """Compute the nats of each step, (batch, time), and the state after the last step."""
        drops = iter(self.drops)
        heard, known = self._context(inputs)
        remembered, memory = self._over_time(heard, known, inputs["memory"], drops)
        steps, before = (ops.cast(inputs[name], "float32") for name in ("steps", "before"))
        # In float32 even where training is in bfloat16.
        targets, mask = targets_and_mask(steps, before)
        modelled = ops.cast(self._modelled(targets), heard.dtype)
        logits = self._over_pitch(heard, known, remembered, modelled)
        above = PITCHES - self.lowest - self.pitches
        logits = ops.pad(
            logits, ((0, 0), (0, 0), (self.lowest, above), (0, 0)), constant_values=self.rare
        )
        nats = negative_log_likelihood(logits, targets, mask)
        return {"nats": nats, "memory": ops.cast(memory, "float32")}

    def _modelled(self, pitches):
        """Select the modelled pitches, of arrays (batch, time, 128, ...)."""
        return pitches[:, :, self.lowest : self.lowest + self.pitches]

    def _context(self, inputs):
        """Build the inputs of each pitch: of the pitches around it, and of the step as a whole."""
        before, echo = self._modelled(inputs["before"]), self._modelled(inputs["echo"])
        likeness = inputs["likeness"]
        planes = before.shape[-1]
        trust = ops.repeat(likeness, planes, axis=-1)[:, :, None]
        heard = [before, echo, echo * trust, _pitch_classes(before[..., SOUNDING])[..., None]]
        known = [likeness, likeness * likeness]
        known += [ops.sum(before, axis=2) / 4, ops.sum(echo, axis=2) / 4]
        known += [inputs[name] for name in ("place", "style") if name in inputs]
        known = ops.concatenate(known, axis=-1)[:, :, None]
        shape = ops.shape(before)
        known = ops.broadcast_to(known, (shape[0], shape[1], self.pitches, known.shape[-1]))
        if self.has_height:
            height = ops.broadcast_to(pitch_features(self.lowest, self.pitches), (*shape[:3], 4))
            known = ops.concatenate([known, ops.cast(height, known.dtype)], axis=-1)
        return ops.concatenate(heard, axis=-1), known

    def _over_time(self, heard, known, memory, drops):
        """Run the time stage: (batch, time, pitches, units), and the state after the last step."""
        batch, time = ops.shape(heard)[0], ops.shape(heard)[1]
        x = ops.relu(self.hear(_steps_as_batch(heard)) + self.know(_steps_as_batch(known)))
        x = next(drops)(x)
        x = ops.reshape(x, (batch, time, self.pitches, x.shape[-1]))
        x = ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, time, x.shape[-1]))
        states = []
        for number, lstm in enumerate(self.remember):
            before = [
                ops.reshape(memory[:, :, number, which], (-1, lstm.units)) for which in (0, 1)
            ]
            remembered, *after = lstm(x, initial_state=before)
            remembered = next(drops)(remembered)
            x = x + remembered
            states += [ops.reshape(state, (batch, self.pitches, 1, lstm.units)) for state in after]
        x = ops.reshape(x, (batch, self.pitches, time, x.shape[-1]))
        memory = ops.reshape(ops.concatenate(states, axis=2), ops.shape(memory))
        return ops.transpose(x, (0, 2, 1, 3)), memory

    def _over_pitch(self, heard, known, remembered, targets):
        """Run the pitch stage: logits (batch, time, pitches, decisions)."""
        x = self.hear_again(_steps_as_batch(heard)) + self.know_again(_steps_as_batch(known))
        x = x + self.recall(_steps_as_batch(remembered))
        return ops.reshape(self.over_pitch(x, _steps_as_batch(targets)), ops.shape(targets))


def _steps_as_batch(x):
    """Reshape (batch, time, pitches, channels) to (batch * time, pitches, channels)."""
    return ops.reshape(x, (-1, *x.shape[2:]))


def _pitch_classes(sounding):
    """Count, at each pitch, the sounding notes of its pitch class: (batch, time, pitches)."""
    pitches = sounding.shape[-1]
    octaves = -(-pitches // OCTAVE)
    x = ops.pad(sounding, ((0, 0), (0, 0), (0, octaves * OCTAVE - pitches)))
    shape = ops.shape(x)
    counts = ops.sum(ops.reshape(x, (shape[0], shape[1], octaves, OCTAVE)), axis=2)
    return ops.tile(counts, (1, 1, octaves))[:, :, :pitches]


def pitch_features(lowest: int, pitches: int) -> np.ndarray:
    """Compute smooth features of each pitch, (pitches, 4), which tell bass from lead."""
    x = (np.arange(lowest, lowest + pitches) - 64) / 32
    return np.stack([x, x * x, np.cos(6 * x), np.sin(6 * x)], axis=-1).astype("float32")
