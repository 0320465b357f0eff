"""Measure loudness, match it, and master to a loudness and a true peak (ITU-R BS.1770)."""

import math

import numpy as np
import pedalboard
import pyloudnorm

from mathrock.audio.true_peak import true_peak

SHORTEST = 0.4  # seconds, the gating block of BS.1770
TOLERANCE = 0.1  # LU
PASSES = 8
LEAST_YIELD = 0.3
LIMITER_MARGIN = 0.3  # dB below the ceiling: the limiter estimates true peaks more coarsely
RELEASE_MS, LOOKAHEAD_MS = 80, 3


def loudness(samples: np.ndarray, sample_rate: int) -> float:
    """Measure the integrated loudness, in LUFS, of (n, channels) float samples; silence: -inf."""
    missing = math.ceil(SHORTEST * sample_rate) + 1 - len(samples)
    if missing > 0:
        samples = np.pad(samples, ((0, missing), (0, 0)))
    with np.errstate(divide="ignore"):  # of silence
        return float(pyloudnorm.Meter(sample_rate).integrated_loudness(samples))


def match_loudness(samples: np.ndarray, sample_rate: int, lufs: float) -> np.ndarray:
    """Bring samples to `lufs` by gain alone; leave silence alone, and all where `lufs` is -inf."""
    gain = lufs - loudness(samples, sample_rate)
    return samples * _amplitude_ratio(gain) if math.isfinite(gain) else samples


def master(
    samples: np.ndarray, sample_rate: int, lufs: float = -14.0, true_peak_db: float = -1.0
) -> np.ndarray:
    """Bring a mix to a loudness under a ceiling, by gain and a true-peak limiter.

    Args:
        samples: (n, 2) float32.
        sample_rate: in Hz.
        lufs: integrated loudness to reach, within 0.1 LU unless limiting cannot get there.
        true_peak_db: the ceiling in dBTP, never exceeded.

    Returns:
        (n, 2) float32. Silence is left alone.
    """
    gain = lufs - loudness(samples, sample_rate)
    if not math.isfinite(gain):
        return samples
    step, least = 0.0, math.inf
    for _ in range(PASSES):
        louder = _limited(samples, sample_rate, gain, true_peak_db - LIMITER_MARGIN)
        missing = lufs - loudness(louder, sample_rate)
        if abs(missing) >= abs(least):
            break  # the limiter takes away more than gain adds
        # LU that a decibel of gain brought: one without limiting, less with it
        yielded = min(1.0, max(LEAST_YIELD, (least - missing) / step)) if step else 1.0
        mastered, least = louder, missing
        if abs(missing) < TOLERANCE:
            break
        step = missing / yielded
        gain += step
    over = true_peak(mastered, sample_rate) - true_peak_db
    return mastered * _amplitude_ratio(-over) if over > 0 else mastered


def _limited(samples: np.ndarray, sample_rate: int, gain: float, ceiling: float) -> np.ndarray:
    """Apply a gain in dB, then a limiter with a true-peak ceiling in dBTP."""
    board = pedalboard.Pedalboard(
        [
            pedalboard.Gain(gain),
            pedalboard.BrickwallLimiter(ceiling, RELEASE_MS, LOOKAHEAD_MS, true_peak=True),
        ]
    )
    return np.ascontiguousarray(board(np.ascontiguousarray(samples.T), sample_rate).T)


def _amplitude_ratio(db: float) -> np.float32:
    """Convert decibels to a factor."""
    return np.float32(10 ** (db / 20))
