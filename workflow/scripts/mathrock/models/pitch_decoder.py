"""Decode a step's notes from low to high: each pitch is conditioned on the pitches below it.

The decoder has causal convolutions over pitch (van den Oord et al., "Conditional Image Generation
with PixelCNN Decoders", 2016), with the same weights for every pitch. So training computes all
pitches at once, and the product over pitches is the exact probability of the whole step.
"""

import keras
from keras import ops

OCTAVE = 12
BELOW = 2 * OCTAVE  # pitches below that are inputs one by one
REACH = OCTAVE + 1  # the kernel of a block, in pitches


@keras.saving.register_keras_serializable("mathrock")
class OverPitch(keras.layers.Layer):
    """A layer from each pitch's features to the logits of its decisions.

    Args:
        units: size of every layer.
        depth: causal blocks.
        decisions: decisions of a pitch, see `step_likelihood`.
        dropout: share of each layer's outputs dropped in training, 0-1.
    """

    def __init__(self, units, depth, decisions, dropout, **rest):
        super().__init__(**rest)
        self._sizes = {
            "units": units,
            "depth": depth,
            "decisions": decisions,
            "dropout": dropout,
        }
        layer = keras.layers
        self.below = layer.Conv1D(units, BELOW, use_bias=False, name="below")
        self.count = layer.Dense(units, use_bias=False, name="count")
        self.blocks = [
            layer.Conv1D(units, REACH, padding="causal", name=f"block_{n}")
            for n in range(1, depth + 1)
        ]
        self.think = layer.Dense(units, name="think")
        few = keras.initializers.Constant(-3.0)  # notes are rare: training need not learn it first
        self.answer = layer.Dense(decisions, bias_initializer=few, dtype="float32", name="answer")
        self.drops = [layer.Dropout(dropout, seed=n) for n in range(depth + 2)]

    def build(self, *shapes):
        """Do nothing: the layers are built when they are first called."""

    def get_config(self):
        """Return the constructor's arguments, which a saved model holds."""
        return super().get_config() | self._sizes

    def call(self, known, targets):
        """Compute logits (n, pitches, decisions).

        Args:
            known: other features of each pitch, (n, pitches, units).
            targets: the decisions of all pitches, float 0 or 1, (n, pitches, decisions).
        """
        *drops, last_but_one, last = self.drops
        below, count = _answers_below(targets)
        x = ops.relu(known + self.below(below) + self.count(count))
        for block, drop in zip(self.blocks, drops, strict=True):
            x = x + ops.relu(block(drop(x)))
        x = ops.relu(self.think(last_but_one(x)))
        return self.answer(last(x))


def _answers_below(targets):
    """Build the inputs from lower pitches: (n, BELOW - 1 + pitches, channels), and counts.

    At each pitch the convolution `below` gets the decisions of the BELOW pitches under it, and the
    number of notes of each pitch class anywhere under it.
    """
    pitches = targets.shape[1]
    sounds = ops.sum(targets, axis=-1)
    octaves = -(-pitches // OCTAVE)
    x = ops.pad(sounds, ((0, 0), (0, octaves * OCTAVE - pitches)))
    x = ops.cumsum(ops.reshape(x, (-1, octaves, OCTAVE)), axis=1)
    classes = ops.reshape(x, (-1, octaves * OCTAVE))[:, :pitches, None]
    below = ops.pad(ops.concatenate([targets, classes], axis=-1), ((0, 0), (BELOW, 0), (0, 0)))
    count = (ops.cumsum(sounds, axis=1) - sounds)[..., None]
    none, many = ops.cast(count < 0.5, targets.dtype), ops.cast(count > 3.5, targets.dtype)
    return below[:, :-1], ops.concatenate([count / 4, none, many], axis=-1)
