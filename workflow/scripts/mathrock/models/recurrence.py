"""An LSTM as Keras trains it, and a step of it in NumPy, to which Keras takes a thousand times as
long."""

import keras


def lstm_layer(units: int, **options) -> keras.layers.LSTM:
    """An LSTM that puts out every step, (batch, time, units), in float32 even where training is in
    bfloat16: of cuDNN's LSTM, the fast one on a GPU, JAX has no other."""
    return keras.layers.LSTM(units, return_sequences=True, dtype="float32", **options)
