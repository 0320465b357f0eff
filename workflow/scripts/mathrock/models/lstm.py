"""Build the baseline model: LSTMs over time, and independent decisions for each pitch.

Given the steps so far, each pitch predicts the decisions of `step_likelihood` (onset, sustain)
independently of the other pitches. So the model cannot learn which notes of a step belong together.
"""

import keras
import numpy as np
from keras import ops

from mathrock.models.music_facts import MusicFacts
from mathrock.models.recurrence import lstm_layer
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.match_model import HISTORY_LENGTHS
from mathrock.pianoroll.planes import PITCHES


def build_model(
    music: MusicFacts,
    units: int = 56,
    layers: int = 1,
    dropout: float = 0.0,
    echoes: bool = False,
) -> keras.Model:
    """Build the model: from the previous step to the step's negative log-likelihood.

    Args:
        music: facts of the training songs; the output biases start at the frequencies of notes, so
            that training need not learn them first.
        units: size of each LSTM layer.
        layers: LSTM layers on top of one another.
        dropout: share of each layer's outputs dropped in training, 0-1.
        echoes: whether the match model's predictions are inputs, see `match_model`.

    Returns:
        A model of {"before", "steps", "memory"}, with echoes "echo" and "likeness", "place" where
        the grid has cycles, and "style" where songs have conditioning vectors: {"nats":
        (batch, time), "memory": as the input}. Memory, the recurrent state, is (batch, layers, 2,
        units): each layer's output and cell.
    """
    decisions = music.planes
    before = keras.Input((None, PITCHES, music.planes), name="before")
    steps = keras.Input((None, PITCHES, music.planes), name="steps")
    memory = keras.Input((layers, 2, units), name="memory")
    inputs = {"before": before, "steps": steps, "memory": memory}
    heard, states = [keras.layers.Reshape((-1, PITCHES * music.planes))(before)], []
    if echoes:
        channels = len(HISTORY_LENGTHS) * music.planes
        inputs["echo"] = keras.Input((None, PITCHES, channels), name="echo")
        inputs["likeness"] = keras.Input((None, len(HISTORY_LENGTHS)), name="likeness")
        trusted = inputs["echo"] * ops.repeat(inputs["likeness"], music.planes, axis=-1)[:, :, None]
        heard += [keras.layers.Reshape((-1, PITCHES * channels))(trusted), inputs["likeness"]]
    if music.cycles:
        inputs["place"] = keras.Input((None, 2 * len(music.cycles)), name="place")
        heard.append(inputs["place"])
    if music.styles:
        inputs["style"] = keras.Input((None, music.styles), name="style")
        heard.append(inputs["style"])
    hidden = keras.layers.Concatenate()(heard) if len(heard) > 1 else heard[0]
    for number in range(layers):
        lstm = lstm_layer(units, return_state=True, name=f"lstm_{number + 1}")
        hidden, *state = lstm(hidden, initial_state=[memory[:, number, 0], memory[:, number, 1]])
        hidden = keras.layers.Dropout(dropout, seed=number + 1)(hidden)
        states.append(ops.stack(state, axis=1))
    if music.styles:  # again, so that it acts on the outputs directly
        hidden = keras.layers.Concatenate()([hidden, inputs["style"]])
    notes = keras.layers.Dense(PITCHES * decisions, dtype="float32", name="notes")
    logits = keras.layers.Reshape((-1, PITCHES, decisions), dtype="float32")(notes(hidden))
    odds = np.log(music.frequencies / (1 - music.frequencies))
    notes.bias.assign(odds.reshape(-1).astype("float32"))
    outputs = {
        "nats": negative_log_likelihood(logits, *targets_and_mask(steps, before)),
        "memory": ops.cast(ops.stack(states, axis=1), "float32"),
    }
    return keras.Model(inputs, outputs, name="lstm")
