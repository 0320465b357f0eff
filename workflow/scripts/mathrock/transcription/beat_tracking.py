"""Track the beats of a recording by means of its mel spectrogram and the rhythm network.

`transcription/pulse_tracking` finds the eighths, `transcription/bar_tracking` groups them into
bars; this module makes beats with confidences of both.
"""

import numpy as np

from mathrock.audio.mel_spectrogram import FRAMES_PER_SECOND
from mathrock.music.beats import Beat
from mathrock.music.metre import beat_length
from mathrock.transcription.bar_tracking import TrackedBar, track_bars
from mathrock.transcription.pulse_tracking import track_pulses
from mathrock.transcription.rhythm_network import OUTPUTS, normalise_levels

SEARCH_FRAMES = 2  # largest distance, in frames, of a pulse from its peak in the activations
QUIET = -1.0  # normalised level below which a frame is silence relative to the song
SILENT = 50  # level in the mel spectrogram, -80 dB, below which a frame is silence in any song
LEVEL_SHARE = 0.7  # weight of an eighth's level in its features; the weight of its attack is 1
STEADY_EIGHTHS = 8  # so many eighths determine a tempo
STEADY_PROBABILITY = 0.3  # if their mean probability is at least this


def track_beats(levels: np.ndarray, activations: np.ndarray) -> list[Beat]:
    """Track the beats from the first frame to the last.

    The confidence of a beat is the mean probability of its eighths, 0 in silence; the confidence of
    its bar is the probability that the bar's first eighth is a downbeat.

    Args:
        levels: a mel spectrogram, uint8 (frames, bands).
        activations: of a `RhythmNetwork`, log-odds (frames, 6).
    """
    log_odds = {name: activations[:, number] for number, name in enumerate(OUTPUTS)}
    if len(levels) < FRAMES_PER_SECOND:
        return []
    pulses = _with_steady_ends(track_pulses(log_odds["eighth"]), log_odds["eighth"])
    if len(pulses) < 2:
        return []
    at_pulses = {
        name: _maximum_around(log_odds[name], pulses) for name in ("eighth", "beat", "downbeat")
    }
    normalised = normalise_levels(levels)
    bars = track_bars(at_pulses["beat"], at_pulses["downbeat"], pulse_features(normalised, pulses))
    probabilities, downbeats = (
        1 / (1 + np.exp(-at_pulses[name])) for name in ("eighth", "downbeat")
    )
    probabilities[_maximum_around(normalised.max(axis=1), pulses) < QUIET] = 0
    probabilities[_maximum_around(levels.max(axis=1), pulses) < SILENT] = 0
    return _beats_of(bars, pulses / FRAMES_PER_SECOND, probabilities, downbeats)


def _with_steady_ends(pulses: np.ndarray, log_odds: np.ndarray) -> np.ndarray:
    """Continue the tempo of the first and the last reliable eighths to the song's ends.

    Where nothing is played, the tracked tempo is arbitrary.
    """
    if len(pulses) <= 2 * STEADY_EIGHTHS:
        return pulses
    probabilities = 1 / (1 + np.exp(-_maximum_around(log_odds, pulses)))
    steady = np.flatnonzero(
        np.convolve(probabilities, np.full(STEADY_EIGHTHS, 1 / STEADY_EIGHTHS), "valid")
        >= STEADY_PROBABILITY
    )
    if not len(steady):
        return pulses
    first, last = steady[0], steady[-1] + STEADY_EIGHTHS - 1
    kept = pulses[first : last + 1]
    before, after = (
        float(np.median(np.diff(part))) for part in (kept[:STEADY_EIGHTHS], kept[-STEADY_EIGHTHS:])
    )
    lead = np.arange(kept[0] - before, 0, -before)[::-1]
    return np.concatenate([lead, kept, np.arange(kept[-1] + after, len(log_odds), after)])


def pulse_features(normalised: np.ndarray, pulses: np.ndarray) -> np.ndarray:
    """Compute features of the sound of each eighth: unit vectors (pulses, 2 * bands).

    They are the rise and the level of each band, both standardised over the song.

    Args:
        normalised: levels as `normalise_levels` returns them, (frames, bands).
        pulses: in frames, (pulses,).
    """
    edges = np.append(pulses, pulses[-1] + (pulses[-1] - pulses[-2]))
    begins = np.clip(np.rint(edges).astype(np.int64), 0, len(normalised))
    early = np.maximum(begins - SEARCH_FRAMES, 0)
    rises = _sum_between(np.maximum(np.diff(normalised, axis=0, prepend=normalised[:1]), 0), early)
    level = _sum_between(normalised, begins) / np.maximum(np.diff(begins), 1)[:, None]
    parts = [_standardise(rises), LEVEL_SHARE * _standardise(level)]
    vectors = np.concatenate(parts, axis=1)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def _sum_between(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Sum values (frames, bands) between edges (n + 1,): (n, bands)."""
    so_far = np.pad(np.cumsum(values, axis=0, dtype=float), ((1, 0), (0, 0)))
    return np.diff(so_far[edges], axis=0)


def _standardise(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / (values.std(axis=0) + 0.1)


def _maximum_around(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Take the maximum of a few frames around each position, float64 (positions,)."""
    frames = np.rint(positions).astype(np.int64)[:, None] + np.arange(
        -SEARCH_FRAMES, SEARCH_FRAMES + 1
    )
    return values[np.clip(frames, 0, len(values) - 1)].max(axis=1).astype(np.float64)


def _beats_of(
    bars: list[TrackedBar], times: np.ndarray, probabilities: np.ndarray, downbeats: np.ndarray
) -> list[Beat]:
    """Make beats of bars; pulses before the first bar line end a bar like the first."""
    if not bars:
        return []
    first, last = bars[0], bars[-1]
    pickup = TrackedBar(first.first - first.eighths, first.eighths, first.metre)
    coda = TrackedBar(last.first + last.eighths, last.eighths, last.metre)
    beats = []
    for number, bar in enumerate([pickup, *bars, coda]):
        numerator, denominator = map(int, bar.metre.split("/"))
        length = round(2 * beat_length(numerator, denominator))  # eighths
        for beat, pulse in enumerate(range(bar.first, bar.first + bar.eighths, length), 1):
            end = pulse + length
            if pulse < 0 or end >= len(times):
                continue
            tempo = 30 * length / float(times[end] - times[pulse])
            confidences = (
                float(probabilities[pulse:end].mean()),
                float(downbeats[max(bar.first, 0)]),
            )
            metre = numerator, denominator
            beats.append(Beat(float(times[pulse]), number, beat, *metre, tempo, *confidences))
    return beats
