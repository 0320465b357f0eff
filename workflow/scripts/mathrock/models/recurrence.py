"""Make the LSTM layers of the models."""

import keras


def lstm_layer(units: int, **options) -> keras.layers.LSTM:
    """Make an LSTM that returns the output of every step, (batch, time, units).

    The layer computes in float32 even where training is in bfloat16: JAX offers cuDNN's LSTM, the
    fast one on a GPU, in float32 alone.
    """
    return keras.layers.LSTM(units, return_sequences=True, dtype="float32", **options)
