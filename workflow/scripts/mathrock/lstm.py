"""The notebook's model done right: LSTMs over time, and for every pitch its own coins.

Given the steps so far, each pitch is asked independently of the others what `decisions` asks: is it
struck, and if not, does it go on? It is the baseline: what it cannot know is which notes belong
together.
"""

import keras
import numpy as np
from keras import ops

from mathrock.decisions import decide, nats
from mathrock.echoes import MEMORIES
from mathrock.music import Music
from mathrock.planes import PITCHES
from mathrock.recurrence import lstm_layer, lstm_step


def build_model(
    music: Music,
    units: int = 56,
    layers: int = 1,
    dropout: float = 0.0,
    echoes: bool = False,
) -> keras.Model:
    """The model for such music: the step before in, the step's negative log-likelihood out.

    Args:
        music: its frequencies are where the output biases start, so that training need not first
            learn which notes exist.
        units: size of each LSTM layer.
        layers: LSTM layers on top of one another.
        dropout: share of each layer's outputs dropped in training, 0-1.
        echoes: whether it hears what followed the last time that a song went like this, see
            `echoes`. The notebook's did not.

    Returns:
        A model of {"before", "steps", "memory"}, with echoes "echo" and "likeness", where the grid
        has cycles "place", and where there are styles "style": {"nats": (batch, time),
        "memory": as the input}. Memory is (batch, layers, 2, units), each layer's output and cell.
    """
    decisions = music.planes
    before = keras.Input((None, PITCHES, music.planes), name="before")
    steps = keras.Input((None, PITCHES, music.planes), name="steps")
    memory = keras.Input((layers, 2, units), name="memory")
    inputs = {"before": before, "steps": steps, "memory": memory}
    heard, states = [keras.layers.Reshape((-1, PITCHES * music.planes))(before)], []
    if echoes:
        channels = len(MEMORIES) * music.planes
        inputs["echo"] = keras.Input((None, PITCHES, channels), name="echo")
        inputs["likeness"] = keras.Input((None, len(MEMORIES)), name="likeness")
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
    if music.styles:  # again: what a style has more of need not wait for what is remembered
        hidden = keras.layers.Concatenate()([hidden, inputs["style"]])
    notes = keras.layers.Dense(PITCHES * decisions, dtype="float32", name="notes")
    logits = keras.layers.Reshape((-1, PITCHES, decisions), dtype="float32")(notes(hidden))
    odds = np.log(music.frequencies / (1 - music.frequencies))
    notes.bias.assign(odds.reshape(-1).astype("float32"))
    outputs = {
        "nats": nats(logits, *decide(steps, before)),
        "memory": ops.cast(ops.stack(states, axis=1), "float32"),
    }
    return keras.Model(inputs, outputs, name="lstm")


class Stepper:
    """The trained model one step at a time, in NumPy: the memory is carried, nothing recomputed.

    A step costs tens of microseconds; `model.predict` in a loop costs a hundred milliseconds.

    Args:
        model: what `build_model` built.
        takes: how many songs go on at once, each with its own memory.
    """

    joint = False  # a pitch does not know what the others decide

    def __init__(self, model: keras.Model, takes: int = 1):
        recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
        self.needs = {"before", "echo", "likeness", "place", "style"} & set(model.input)
        self._cells = [[np.asarray(w) for w in layer.get_weights()] for layer in recurrent]
        self._kernel, self._bias = model.get_layer("notes").get_weights()
        self._states = [(np.zeros((takes, layer.units), np.float32),) * 2 for layer in recurrent]
        self._logits = None

    def advance(self, context: dict[str, np.ndarray]) -> None:
        """Take in the context of the next step: what of it the model `needs`."""
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

    def logits(self, yes: np.ndarray) -> np.ndarray:
        """Logits of the step's decisions, float32 (takes, 128, decisions), whatever `yes` says."""
        return self._logits
