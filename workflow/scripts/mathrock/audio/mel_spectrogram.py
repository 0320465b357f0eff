"""Mono samples -> how loud each band of frequencies is in each frame: what rhythm is heard by.

Bands are triangles evenly spaced on the mel scale, as in every beat tracker that learned (Böck and
Schedl, "Enhanced Beat Tracking with Context-Aware Neural Networks", DAFx 2011), and levels are in
decibels, coarse enough for a byte. It costs a hundredth of what hearing the pitches costs.
"""

from functools import cache

import numpy as np

SAMPLE_RATE = 22050  # Hz
HOP = 256  # samples a frame
FRAMES_PER_SECOND = SAMPLE_RATE / HOP
BANDS = 64
LOWEST, HIGHEST = 30.0, 10_000.0  # Hz
WINDOW = 1024  # samples
FLOOR = -100.0  # dB, where 0 is a full-scale sine: what a byte of 0 means
STEP = 0.4  # dB between two values of a byte
_BLOCK = 4096  # frames worked on at a time


def spectrum(samples: np.ndarray) -> np.ndarray:
    """Levels, uint8 (frames, `BANDS`), of mono float32 samples (n,) at `SAMPLE_RATE`.

    Frame i is centred on sample i * `HOP`; a value v means `FLOOR` + v * `STEP` dB.
    """
    frames = -(-len(samples) // HOP)
    padded = np.pad(samples, (WINDOW // 2, WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frames]
    shape, filters = np.hanning(WINDOW + 1)[:-1].astype(np.float32), _filters()
    levels = np.zeros((frames, BANDS), np.uint8)
    for at in range(0, frames, _BLOCK):
        power = np.abs(np.fft.rfft(windows[at : at + _BLOCK] * shape)) ** 2
        decibels = 10 * np.log10(power.astype(np.float32) @ filters + 1e-20)
        levels[at : at + _BLOCK] = np.clip((decibels - FLOOR) / STEP + 0.5, 0, 255)
    return levels


@cache
def _filters() -> np.ndarray:
    """Weights (bins, bands) that sum a full-scale sine in the middle of a band to 1."""
    edges = _hertz(np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2))
    bins = np.arange(WINDOW // 2 + 1) * SAMPLE_RATE / WINDOW
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / (middle - low)
    falling = (high - bins[:, None]) / (high - middle)
    triangles = np.maximum(0, np.minimum(rising, falling))
    # Where bands are narrower than bins, a band takes the share of its nearest bin.
    nearest = np.abs(bins[:, None] - middle).argmin(axis=0)
    triangles[nearest, np.arange(BANDS)] = np.maximum(triangles[nearest, np.arange(BANDS)], 0.5)
    return (triangles * (4 / WINDOW) ** 2).astype(np.float32)


def _mel(hertz):
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def _hertz(mel):
    return 700 * (10 ** (mel / 2595) - 1)
