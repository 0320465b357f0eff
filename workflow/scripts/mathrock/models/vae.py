"""Build a variational autoencoder of windows of songs, after MusicVAE but smaller.

Kingma and Welling, "Auto-Encoding Variational Bayes" (2014), section 2: an encoder q(z|x) gives
the posterior of a window x, a normal distribution with a mean and a scale for each latent unit; a
decoder p(x|z) gives the window's probability from a point z; and with the prior p(z) = N(0, I)

    log p(x) >= E_q[log p(x|z)] - KL(q(z|x) || p(z)),
    KL = sum over units of (mean^2 + scale^2 - 1) / 2 - log scale.

Roberts et al., "A Hierarchical Latent Vector Model for Learning Long-Term Structure in Music"
(2018): recurrent networks on both sides (sections 3.1, 3.2), a conductor between z and the decoder
(3.2), and a loss (2.1.1) that weights KL by `beta`, leaves out `free` nats of it, and anneals
`beta` from 0. This model differs in three ways:

- The encoder does not take the last state of its bidirectional LSTM alone: it summarizes each
  *segment* of the window, such as a beat, and z is a linear map of all segments. The decoder's
  conditioning is divided into segments, too. So no state must carry the whole window, and training
  takes a fraction of the time.
- A step's notes are decided together, by `pitch_decoder`, as in `chords`.
- The decoder gets the end of the previous window, so that windows can be chained without seams. In
  a share of training steps its LSTM does not get the previous step (word dropout, Bowman et al.,
  "Generating Sentences from a Continuous Space", 2016, section 3.1), so that it has to use z.
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from mathrock.models.music_facts import MusicFacts
from mathrock.models.pitch_decoder import OverPitch
from mathrock.models.recurrence import lstm_layer
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.planes import PITCHES


def build_model(
    music: MusicFacts,
    steps: int,
    segment: int,
    history: int = 0,
    latent: int = 64,
    units: int = 128,
    width: int = 64,
    channels: int = 16,
    depth: int = 1,
    conductor: bool = False,
    dropout: float = 0.2,
    forget: float = 0.5,
    beta: float = 0.1,
    free: float = 0.0,
    anneal: int = 1000,
) -> keras.Model:
    """Build the model: from a window to its loss, the negative evidence lower bound in nats.

    Args:
        steps: steps of the longest window, `segment` in each segment; the last may be shorter.
        history: steps before the window that are inputs of the decoder.
        latent: units of z.
        units: size of the LSTMs, two in the encoder and one in the decoder.
        width: size of a segment's summary and of its conditioning.
        channels: features of each pitch, and the size of the layers over pitch.
        depth: causal blocks over pitch.
        conductor: whether an LSTM over segments lies between z and the decoder's conditioning.
        dropout: share of the decoder's outputs dropped in training, 0-1.
        forget: share of training steps in which the decoder's LSTM does not get the previous step,
            0-1. The layers over pitch get it all the same, which sustained notes need.
        beta: weight of KL beside the reconstruction.
        free: nats of a window's KL that are not counted.
        anneal: batches over which beta rises from 0.

    Returns:
        A model of {"before", "steps", "inside"} and, where the grid has cycles, "place", see
        `latent.window_crops`: {"nats": (batch, history + steps)}, for each step inside its
        reconstruction and its share of the window's weighted KL.
    """
    time, planes = history + steps, music.planes
    inputs = {
        "before": keras.Input((time, PITCHES, planes), name="before"),
        "steps": keras.Input((time, PITCHES, planes), name="steps"),
        "inside": keras.Input((steps,), name="inside"),
    }
    if music.cycles:
        inputs["place"] = keras.Input((time, 2 * len(music.cycles)), name="place")
    shape = {
        "lowest": music.lowest,
        "highest": music.highest,
        "window": steps,
        "segment": segment,
        "units": units,
        "width": width,
        "latent": latent,
    }
    encoder = Encoder(**shape, name="encoder")
    decoder = Decoder(
        **shape,
        history=history,
        channels=channels,
        depth=depth,
        conductor=conductor,
        dropout=dropout,
        forget=forget,
        decisions=planes,
        rare=float(np.log(0.5 / (music.steps + 0.5))),
        name="decoder",
    )
    place = inputs.get("place")
    mean, scale = encoder(inputs["steps"], inputs["inside"], place)
    z = Draw(name="draw", dtype="float32")(mean, scale)
    reconstruction, _ = decoder(z, inputs["before"], inputs["steps"], place)
    kl_cost = Price(beta, free, anneal, name="price", dtype="float32")(mean, scale)
    share = kl_cost[:, None] / ops.sum(inputs["inside"], axis=1, keepdims=True)
    return keras.Model(inputs, {"nats": reconstruction + share}, name="vae")


class EncoderDecoder(NamedTuple):
    """The two halves of a trained model.

    The encoder maps {"steps", "inside", "place"} to {"mean", "scale"}. The decoder maps {"z",
    "before", "steps", "place"} to {"nats", "right"}, (batch, history + steps): a step is "right"
    if each pitch's likelier decision, given the true ones below, is the true one.
    """

    encoder: keras.Model
    decoder: keras.Model


def split_model(model: keras.Model) -> EncoderDecoder:
    """Split a model into its encoder and its decoder, which share its weights."""
    inputs = model.input
    place = {name: inputs[name] for name in ("place",) if name in inputs}
    mean, scale = model.get_layer("encoder")(inputs["steps"], inputs["inside"], inputs.get("place"))
    z = keras.Input(mean.shape[1:], name="z")
    reconstruction, right = model.get_layer("decoder")(
        z, inputs["before"], inputs["steps"], inputs.get("place")
    )
    return EncoderDecoder(
        keras.Model(
            {"steps": inputs["steps"], "inside": inputs["inside"], **place},
            {"mean": mean, "scale": scale},
        ),
        keras.Model(
            {"z": z, "before": inputs["before"], "steps": inputs["steps"], **place},
            {"nats": reconstruction, "right": right},
        ),
    )


def kl_divergence(mean, scale):
    """Compute KL(N(mean, scale^2) || N(0, 1)) of each unit, in nats, with any array backend."""
    return (mean * mean + scale * scale - 1) / 2 - ops.log(scale)


@keras.saving.register_keras_serializable("mathrock")
class Encoder(keras.layers.Layer):
    """The layer from a window to the mean and the scale of z, (batch, latent) each."""

    def __init__(self, lowest, highest, window, segment, units, width, latent, **rest):
        super().__init__(**rest)
        self._sizes = {
            "lowest": lowest,
            "highest": highest,
            "window": window,
            "segment": segment,
            "units": units,
            "width": width,
            "latent": latent,
        }
        self.lowest, self.highest, self.window, self.segment = lowest, highest, window, segment
        layer = keras.layers
        self.hear = layer.Dense(units, activation="relu", name="hear")
        self.remember = layer.Bidirectional(lstm_layer(units), name="remember")
        self.sum_up = layer.Conv1D(
            width, segment, strides=segment, activation="relu", name="sum_up"
        )
        code = -(-latent // -(-window // segment))
        self.code = layer.Dense(2 * code, name="code")
        as_it_is = {"kernel_initializer": "identity", "dtype": "float32"}
        wide = keras.initializers.Constant(-1.0)
        self.mean = layer.Dense(latent, **as_it_is, name="mean")
        self.scale = layer.Dense(latent, bias_initializer=wide, **as_it_is, name="scale")

    def build(self, *shapes):
        """Do nothing: the layers are built when they are first called."""

    def get_config(self):
        """Return the constructor's arguments, which a saved model holds."""
        return super().get_config() | self._sizes

    def call(self, steps, inside, place=None):
        """Compute the mean and the scale of z; `inside` is 0 at steps that are padding."""
        heard = _flat(steps[:, -self.window :, self.lowest : self.highest + 1])
        if place is not None:
            heard = ops.concatenate([heard, place[:, -self.window :]], axis=-1)
        mask = inside > 0
        x = self.hear(heard)
        x = ops.concatenate([x, self.remember(x, mask=mask)], axis=-1)
        x = x * ops.cast(mask, x.dtype)[..., None]
        x = self.sum_up(_whole_segments(x, self.segment))
        mean, scale = ops.split(self.code(x), 2, axis=-1)
        mean, scale = (ops.reshape(x, (-1, x.shape[1] * x.shape[2])) for x in (mean, scale))
        return self.mean(mean), ops.softplus(self.scale(scale)) + 1e-3


@keras.saving.register_keras_serializable("mathrock")
class Draw(keras.layers.Layer):
    """The layer that samples a point z: at random in training, else the mean."""

    def __init__(self, **rest):
        super().__init__(**rest)
        self.seed = keras.random.SeedGenerator(1)

    def call(self, mean, scale, training=False):
        """Sample z, (batch, latent)."""
        if not training:
            return mean
        return mean + scale * keras.random.normal(ops.shape(mean), seed=self.seed)


@keras.saving.register_keras_serializable("mathrock")
class Price(keras.layers.Layer):
    """The layer that weights a window's KL, (batch,); beta is annealed in training alone."""

    def __init__(self, beta, free, anneal, **rest):
        super().__init__(**rest)
        self.beta, self.free, self.anneal = beta, free, anneal
        self.learned = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="learned"
        )  # batches; a weight, so that a training that is resumed has it

    def get_config(self):
        """Return the constructor's arguments, which a saved model holds."""
        return super().get_config() | {
            "beta": self.beta,
            "free": self.free,
            "anneal": self.anneal,
        }

    def call(self, mean, scale, training=False):
        """Compute the weighted KL of each window, (batch,), beyond the `free` nats."""
        kl = ops.sum(kl_divergence(mean, scale), axis=-1)
        price = self.beta * ops.maximum(kl - self.free, 0)
        if not training:
            return price
        self.learned.assign(self.learned + 1)
        return price * ops.minimum(self.learned / max(1, self.anneal), 1)


@keras.saving.register_keras_serializable("mathrock")
class Decoder(keras.layers.Layer):
    """The layer from z and previous steps to each step's nats, see `EncoderDecoder`."""

    def __init__(
        self,
        lowest,
        highest,
        window,
        segment,
        units,
        width,
        latent,
        history,
        channels,
        depth,
        conductor,
        dropout,
        forget,
        decisions,
        rare,
        **rest,
    ):
        super().__init__(**rest)
        self._sizes = {
            "lowest": lowest,
            "highest": highest,
            "window": window,
            "segment": segment,
            "units": units,
            "width": width,
            "latent": latent,
            "history": history,
            "channels": channels,
            "depth": depth,
            "conductor": conductor,
            "dropout": dropout,
            "forget": forget,
            "decisions": decisions,
            "rare": rare,
        }
        self.lowest, self.pitches, self.rare = lowest, highest - lowest + 1, rare
        self.window, self.segment, self.history = window, segment, history
        self.width, self.channels, self.forget = width, channels, forget
        self.segments = -(-window // segment)
        self.decisions = decisions
        layer = keras.layers
        self.divide = layer.Dense(
            self.segments * -(-latent // self.segments),
            kernel_initializer="identity",
            name="divide",
        )
        self.read = layer.Dense(width, activation="relu", name="read")
        self.conduct = None
        if conductor:
            self.conduct = lstm_layer(width, name="conduct")
        self.instruct = layer.Conv1DTranspose(width, segment, strides=segment, name="instruct")
        self.hear = layer.Dense(units, use_bias=False, name="hear")
        self.obey = layer.Dense(units, name="obey")
        self.remember = lstm_layer(units, name="remember")
        self.tell = layer.Dense(self.pitches * channels, name="tell")
        self.was = layer.Dense(channels, use_bias=False, name="was")
        self.over_pitch = OverPitch(channels, depth, decisions, dropout, name="over_pitch")
        self.drop = layer.Dropout(dropout, seed=1)
        self.seed = keras.random.SeedGenerator(2)

    def build(self, *shapes):
        """Do nothing: the layers are built when they are first called."""

    def get_config(self):
        """Return the constructor's arguments, which a saved model holds."""
        return super().get_config() | self._sizes

    def call(self, z, before, steps, place=None, training=False):
        """Compute each step's nats, and whether it is right, (batch, history + window) each."""
        was = before[:, :, self.lowest : self.lowest + self.pitches]
        heard = _flat(was)
        if training and self.forget:
            noise = keras.random.uniform((*ops.shape(heard)[:2], 1), seed=self.seed)
            heard = heard * ops.cast(noise >= self.forget, heard.dtype)
        conditioning = self.instructions(z)
        conditioning = ops.pad(conditioning, ((0, 0), (self.history, 0), (0, 0)))
        if place is not None:
            conditioning = ops.concatenate(
                [conditioning, ops.cast(place, conditioning.dtype)], axis=-1
            )
        x = ops.relu(self.hear(heard) + self.obey(conditioning))
        x = self.drop(self.remember(x))
        x = self.tell(ops.concatenate([x, ops.cast(conditioning, x.dtype)], axis=-1))
        x = ops.reshape(x, (-1, self.pitches, self.channels))
        x = x + self.was(ops.reshape(ops.cast(was, x.dtype), (-1, *was.shape[2:])))
        steps, before = (ops.cast(roll, "float32") for roll in (steps, before))
        targets, mask = targets_and_mask(steps, before)
        modelled = targets[:, :, self.lowest : self.lowest + self.pitches]
        modelled = ops.cast(ops.reshape(modelled, (-1, *modelled.shape[2:])), x.dtype)
        logits = ops.reshape(
            self.over_pitch(x, modelled),
            (-1, self.history + self.window, self.pitches, self.decisions),
        )
        above = PITCHES - self.lowest - self.pitches
        logits = ops.pad(
            logits, ((0, 0), (0, 0), (self.lowest, above), (0, 0)), constant_values=self.rare
        )
        right = ops.all(ops.equal(logits > 0, targets > 0.5) | (mask < 0.5), axis=(-2, -1))
        return negative_log_likelihood(logits, targets, mask), right

    def instructions(self, z):
        """Compute the conditioning of each step of the window from z, (batch, window, width)."""
        x = self.divide(z)
        x = self.read(ops.reshape(x, (-1, self.segments, x.shape[-1] // self.segments)))
        if self.conduct is not None:
            x = x + ops.cast(self.conduct(x), x.dtype)
        return self.instruct(x)[:, : self.window]


def _flat(roll):
    """Reshape (batch, time, pitches, planes) to (batch, time, pitches * planes)."""
    return ops.reshape(roll, (-1, roll.shape[1], roll.shape[2] * roll.shape[3]))


def _whole_segments(x, segment):
    """Pad the last segment with zeros where it is not full."""
    return ops.pad(x, ((0, 0), (0, -x.shape[1] % segment), (0, 0)))
