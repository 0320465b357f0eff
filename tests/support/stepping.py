"""Models one step at a time."""

import numpy as np


def stepped(stepper, frames, **context):
    """The logits of each step of a song (time, 128, planes), by a stepper with one take.

    `context` is what it is told of every step besides the one before.
    """
    logits, before = [], np.zeros_like(frames[:1])
    for frame in frames:
        stepper.advance({"before": before, **context})
        logits.append(stepper.logits(np.zeros((1, 128, 2), "float32"))[0])
        before = frame[None]
    return np.array(logits)
