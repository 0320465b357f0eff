"""Measure the true peak of a signal, between its samples too (ITU-R BS.1770, annex 2)."""

import math

import numpy as np
import soxr

OVERSAMPLING = 4
BLOCK = 1 << 16  # samples at a time, to bound memory


def true_peak(samples: np.ndarray, sample_rate: int) -> float:
    """Measure the true peak of samples (n, channels) in dBTP; -inf for silence."""
    resampler = soxr.ResampleStream(
        sample_rate, sample_rate * OVERSAMPLING, samples.shape[1], "float32", "VHQ"
    )
    peak = np.abs(samples).max(initial=0)
    for start in range(0, len(samples), BLOCK):
        block = np.ascontiguousarray(samples[start : start + BLOCK], np.float32)
        last = start + BLOCK >= len(samples)
        peak = max(peak, np.abs(resampler.resample_chunk(block, last)).max(initial=0))
    return 20 * math.log10(peak) if peak > 0 else -math.inf
