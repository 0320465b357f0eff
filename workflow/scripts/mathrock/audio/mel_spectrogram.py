"""Compute log-mel spectrograms, the input of beat tracking and drum detection.

Bands are triangular filters evenly spaced on the mel scale, as in learned beat trackers since Böck
and Schedl, "Enhanced Beat Tracking with Context-Aware Neural Networks", DAFx 2011. Levels are in
decibels, quantised to a byte. The computation takes a hundredth of Basic Pitch's time.
"""

from functools import cache

import numpy as np

SAMPLE_RATE = 22050  # Hz
HOP = 256  # samples a frame
FRAMES_PER_SECOND = SAMPLE_RATE / HOP
BANDS = 64
LOWEST, HIGHEST = 30.0, 10_000.0  # Hz
WINDOW = 1024  # samples
FLOOR_DB = -100.0  # level that the value 0 means; 0 dB is a full-scale sine
RESOLUTION_DB = 0.4  # dB between neighbouring values
_BLOCK = 4096  # frames computed at a time


def mel_spectrogram(samples: np.ndarray) -> np.ndarray:
    """Compute the levels, uint8 (frames, `BANDS`), of mono float32 samples (n,) at `SAMPLE_RATE`.

    Frame i is centred on sample i * `HOP`; a value v means `FLOOR_DB` + v * `RESOLUTION_DB` dB.
    """
    frames = -(-len(samples) // HOP)
    padded = np.pad(samples, (WINDOW // 2, WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frames]
    shape, filters = np.hanning(WINDOW + 1)[:-1].astype(np.float32), _mel_filters()
    levels = np.zeros((frames, BANDS), np.uint8)
    for at in range(0, frames, _BLOCK):
        power = np.abs(np.fft.rfft(windows[at : at + _BLOCK] * shape)) ** 2
        decibels = 10 * np.log10(power.astype(np.float32) @ filters + 1e-20)
        levels[at : at + _BLOCK] = np.clip((decibels - FLOOR_DB) / RESOLUTION_DB + 0.5, 0, 255)
    return levels


@cache
def _mel_filters() -> np.ndarray:
    """Make weights (bins, bands) that sum a full-scale sine in the middle of a band to 1."""
    edges = _hertz(np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2))
    bins = np.arange(WINDOW // 2 + 1) * SAMPLE_RATE / WINDOW
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / (middle - low)
    falling = (high - bins[:, None]) / (high - middle)
    triangles = np.maximum(0, np.minimum(rising, falling))
    # A band that is narrower than a bin takes half of its nearest bin.
    nearest = np.abs(bins[:, None] - middle).argmin(axis=0)
    triangles[nearest, np.arange(BANDS)] = np.maximum(triangles[nearest, np.arange(BANDS)], 0.5)
    return (triangles * (4 / WINDOW) ** 2).astype(np.float32)


def _mel(hertz):
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def _hertz(mel):
    return 700 * (10 ** (mel / 2595) - 1)
