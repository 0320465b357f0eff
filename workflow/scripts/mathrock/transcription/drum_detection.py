"""Detect drum hits: pick peaks of the rhythm network's drum activations."""

import numpy as np

from mathrock.audio.mel_spectrogram import BANDS, FRAMES_PER_SECOND, RESOLUTION_DB
from mathrock.music.drum_hits import Hit
from mathrock.transcription.rhythm_network import OUTPUTS

_DRUM_BANDS = {  # bands of the mel spectrogram in which each drum is loudest
    "kick": slice(0, 6),
    "snare": slice(6, BANDS // 2),
    "hat": slice(3 * BANDS // 4, BANDS),
}
USUAL_VELOCITY, VELOCITIES_A_DECIBEL = 90, 3


def detect_drums(levels: np.ndarray, activations: np.ndarray, threshold: float) -> list[Hit]:
    """Detect drum hits, ordered by time: peaks of probability that reach `threshold`, 0-1.

    The velocity of a hit follows the level of its drum's bands relative to the drum's other hits.

    Args:
        levels: a mel spectrogram, uint8 (frames, bands).
        activations: of a `RhythmNetwork`, log-odds (frames, 6).
    """
    if not len(levels):
        return []
    least = np.log(threshold / (1 - threshold))
    hits = []
    for drum, bands in _DRUM_BANDS.items():
        places = _peaks(activations[:, OUTPUTS.index(drum)], least)
        frames = np.rint(places).astype(np.int64)[:, None] + np.arange(3)
        loud = (
            levels[np.minimum(frames, len(levels) - 1), bands].mean(axis=2).max(axis=1)
            * RESOLUTION_DB
        )
        apart = loud - np.median(loud) if len(loud) else loud
        velocities = np.clip(USUAL_VELOCITY + VELOCITIES_A_DECIBEL * apart, 1, 127)
        times = places / FRAMES_PER_SECOND
        hits += [
            Hit(time, drum, round(velocity))
            for time, velocity in zip(times.tolist(), velocities.tolist(), strict=True)
        ]
    return sorted(hits)


def _peaks(log_odds: np.ndarray, least: float) -> np.ndarray:
    """Find peaks, in frames with fractions, that reach `least`: maxima within two frames."""
    padded = np.pad(log_odds.astype(np.float64), 2, constant_values=-np.inf)
    around = np.lib.stride_tricks.sliding_window_view(padded, 5)
    top = np.flatnonzero((around.argmax(axis=1) == 2) & (log_odds >= least))
    before, here, after = (np.maximum(padded[top + offset], -99) for offset in (1, 2, 3))
    bend = np.minimum(before - 2 * here + after, -1e-6)
    return np.maximum(0, top + np.clip(0.5 * (before - after) / bend, -0.5, 0.5))
