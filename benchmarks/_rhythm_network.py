"""The network that `mathrock.rhythm` works out in NumPy, in Keras, and its training."""

import sys
import time
from collections import deque
from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from _clips import Clip
from mathrock.audio.mel_spectrogram import BANDS, FRAMES_PER_SECOND
from mathrock.transcription.rhythm_network import OUTPUTS, TAPS, RhythmNetwork, normalise_levels

FIRST_CHANNELS, CHANNELS, BLOCKS = 32, 32, 10
DROPOUT = 0.1
SELDOM = -2.5  # log-odds that an untrained network gives everything
CROP, BATCH = 4096, 6  # frames of a crop; crops a step
RATE, WARM_UP = 3e-3, 100  # learning rate, and steps in which it rises to that
AVERAGING = 0.995  # what a step leaves of the weights' mean so far
WEIGHTS = np.array([1, 1, 1.5, 0.7, 0.7, 0.7], np.float32)  # of the errors in `OUTPUTS`
NEAR = {0: 1.0, 1: 0.6, 2: 0.2}  # what is right so many frames from an event
SLOWEST, FASTEST = 0.88, 1.14  # how many times as long crops become
TONE, TONE_POINTS = 0.25, 5  # deviation of a crop's tone colour, and places where it is drawn
SILENCE = -1.5  # as `normalise_levels` has it
TELL_EVERY = 100  # steps


def build(channels: int = CHANNELS, blocks: int = BLOCKS) -> keras.Model:
    """Normalised levels (batch, frames, bands) -> log-odds (batch, frames, OUTPUTS)."""
    seen = keras.Input((None, BANDS))
    x = layers.Conv1D(FIRST_CHANNELS, 3, padding="same", activation="elu")(seen)
    x = layers.Conv1D(channels, 3, padding="same", activation="elu")(x)
    for block in range(blocks):
        far = layers.Conv1D(
            channels, TAPS, padding="same", dilation_rate=2**block, activation="elu"
        )(x)
        far = layers.SpatialDropout1D(DROPOUT)(far)
        x = layers.Add()([x, layers.Conv1D(channels, 1)(far)])
    x = layers.Activation("elu")(x)
    bias = keras.initializers.Constant(SELDOM)
    return keras.Model(seen, layers.Conv1D(len(OUTPUTS), 1, bias_initializer=bias)(x))


def train(
    clips: list[Clip],
    minutes: float,
    channels: int = CHANNELS,
    blocks: int = BLOCKS,
    clock: Callable[[], float] = time.monotonic,
) -> keras.Model:
    """Train a new network for so long; its weights are averages and exact in 16 bits.

    Args:
        clock: gives seconds; called once before the first step and once after each.
    """
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    model = build(channels, blocks)
    optimizer = keras.optimizers.Adam(
        RATE, global_clipnorm=1.0, use_ema=True, ema_momentum=AVERAGING
    )
    model.compile(optimizer, _nats)
    losses = deque(maxlen=TELL_EVERY)
    step, done, begin = 0, 0.0, clock()
    while not step or done < 1:
        warm = min(1.0, (step + 1) / WARM_UP)
        optimizer.learning_rate = RATE * warm * (1 + np.cos(np.pi * done)) / 2
        crops = [crop(clips[i], rng) for i in rng.integers(0, len(clips), BATCH)]
        seen, right, real = map(np.stack, zip(*crops, strict=True))
        model.reset_metrics()
        losses.append(float(model.train_on_batch(seen, right, sample_weight=real)))
        step += 1
        passed = (clock() - begin) / 60
        done = passed / minutes
        if step % TELL_EVERY == 0 or done >= 1:
            line = f"step {step}, {passed:.1f} min: {np.mean(losses):.4f} nats"
            print(line, file=sys.stderr, flush=True)
    optimizer.finalize_variable_values(model.trainable_variables)
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    return model


def _nats(right, odds):
    """Weighted nats of each frame."""
    return keras.ops.mean((keras.ops.softplus(odds) - odds * right) * WEIGHTS, axis=-1)


def crop(clip: Clip, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A stretch of a clip at another speed and with another tone colour.

    Returns:
        Its spectrum (`CROP`, bands), what is right (`CROP`, OUTPUTS) and which frames are not
        padding (`CROP`,), all float32.
    """
    longer = float(np.exp(rng.uniform(np.log(SLOWEST), np.log(FASTEST))))
    frames = int(len(clip.levels) * longer)
    source = np.rint(np.arange(frames) / longer).astype(np.int64)
    points = np.linspace(0, BANDS - 1, TONE_POINTS)
    tone = np.interp(np.arange(BANDS), points, rng.normal(0, TONE, TONE_POINTS))
    seen = normalise_levels(clip.levels)[np.minimum(source, len(clip.levels) - 1)] + tone.astype(
        np.float32
    )
    right, real = targets(clip.events, frames, longer), np.ones(frames, np.float32)
    missing = ((0, max(0, CROP - frames)), (0, 0))
    seen = np.pad(seen, missing, constant_values=SILENCE)
    right, real = np.pad(right, missing), np.pad(real, missing[0])
    start = int(rng.integers(0, len(seen) - CROP + 1))
    return tuple(array[start : start + CROP] for array in (seen, right, real))


def targets(events: dict[str, np.ndarray], frames: int, longer: float = 1.0) -> np.ndarray:
    """What is right in each frame, float32 0-1 (frames, OUTPUTS), of a clip made `longer`."""
    right = np.zeros((frames, len(OUTPUTS)), np.float32)
    for column, name in enumerate(OUTPUTS):
        nearest = np.rint(events[name] * FRAMES_PER_SECOND * longer).astype(np.int64)
        for away, value in NEAR.items():
            places = np.concatenate([nearest - away, nearest + away])
            places = places[(places >= 0) & (places < frames)]
            right[places, column] = np.maximum(right[places, column], value)
    return right


def listener_of(model: keras.Model) -> RhythmNetwork:
    """The weights of a model of `build`, in NumPy."""
    weighted = [layer.get_weights() for layer in model.layers if layer.get_weights()]
    return RhythmNetwork([(weights, biases) for weights, biases in weighted])


def validate(listener: RhythmNetwork, clips: list[Clip]) -> dict[str, float]:
    """Mean nats a frame of each of `OUTPUTS`."""
    nats = []
    for clip in clips:
        odds = listener.predict(clip.levels)
        right = targets(clip.events, len(odds))
        nats.append((np.logaddexp(0, odds) - odds * right).mean(axis=0))
    return dict(zip(OUTPUTS, np.mean(nats, axis=0).round(4).tolist(), strict=True))
