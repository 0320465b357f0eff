"""From what each pitch knows to its log-odds, from low to high: each hears the answers below it.

Causal convolutions over pitch (van den Oord et al., "Conditional Image Generation with PixelCNN
Decoders", 2016), with the same weights for every pitch. So training asks all pitches at once, and
the product over pitches is the exact probability of the whole step.
"""

import keras
from keras import ops

OCTAVE = 12
BELOW = 2 * OCTAVE  # pitches below whose answers are heard one by one
REACH = OCTAVE + 1  # pitches that a block adds to what is known of those below


@keras.saving.register_keras_serializable("mathrock")
class OverPitch(keras.layers.Layer):
    """Logits of every pitch's decisions.

    Args:
        units: size of every layer.
        depth: causal blocks.
        decisions: of a pitch, see `decisions`.
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
        """Nothing to do: the layers are built when they are first called."""

    def get_config(self):
        return super().get_config() | self._sizes

    def call(self, known, yes):
        """Logits (n, pitches, decisions).

        Args:
            known: what each pitch knows besides, (n, pitches, units).
            yes: what all pitches answer, float 0 or 1, (n, pitches, decisions).
        """
        *drops, last_but_one, last = self.drops
        below, count = _answers_below(yes)
        x = ops.relu(known + self.below(below) + self.count(count))
        for block, drop in zip(self.blocks, drops, strict=True):
            x = x + ops.relu(block(drop(x)))
        x = ops.relu(self.think(last_but_one(x)))
        return self.answer(last(x))


def _answers_below(yes):
    """What is heard of lower pitches: (n, BELOW - 1 + pitches, channels), counts.

    The convolution `below` is to see at each pitch the answers of the BELOW pitches under it, and
    how many notes of each pitch class sound anywhere under it.
    """
    pitches = yes.shape[1]
    sounds = ops.sum(yes, axis=-1)
    octaves = -(-pitches // OCTAVE)
    x = ops.pad(sounds, ((0, 0), (0, octaves * OCTAVE - pitches)))
    x = ops.cumsum(ops.reshape(x, (-1, octaves, OCTAVE)), axis=1)
    classes = ops.reshape(x, (-1, octaves * OCTAVE))[:, :pitches, None]
    below = ops.pad(ops.concatenate([yes, classes], axis=-1), ((0, 0), (BELOW, 0), (0, 0)))
    count = (ops.cumsum(sounds, axis=1) - sounds)[..., None]
    none, many = ops.cast(count < 0.5, yes.dtype), ops.cast(count > 3.5, yes.dtype)
    return below[:, :-1], ops.concatenate([count / 4, none, many], axis=-1)
