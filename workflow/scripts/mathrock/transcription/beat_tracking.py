"""A recording's spectrum -> its beats and drums."""

import numpy as np

from mathrock.audio.mel_spectrogram import FRAMES_PER_SECOND
from mathrock.music.beats import Beat
from mathrock.music.metre import beat_length
from mathrock.transcription.bar_tracking import Bar, find_bars
from mathrock.transcription.pulse_tracking import find_pulses
from mathrock.transcription.rhythm_network import HEARD, scaled

AROUND = 2  # frames from a pulse within which it may be heard
QUIET = -1.0  # of `scaled`: what is below in all bands is silence beside the song
SILENT = 50  # of a `spectrum`, -80 dB: likewise, however quiet the song
LEVEL_SHARE = 0.7  # of an eighth's looks: its level beside its attack
STEADY, SURE = 8, 0.3  # eighths, and their mean chance to be eighths, that a tempo is known by


def track_beats(levels: np.ndarray, heard: np.ndarray) -> list[Beat]:
    """The beats from the first frame to the last.

    A beat's confidence is the mean chance of its eighths to be eighths, as they are heard, 0 where
    nothing sounds; that of its bar is the chance of its first eighth to be a downbeat.

    Args:
        levels: a `spectrum`, uint8 (frames, bands).
        heard: what a `RhythmListener` hears in it, (frames, 6).
    """
    odds = {name: heard[:, number] for number, name in enumerate(HEARD)}
    if len(levels) < FRAMES_PER_SECOND:
        return []
    pulses = _with_steady_ends(find_pulses(odds["eighth"]), odds["eighth"])
    if len(pulses) < 2:
        return []
    at_pulses = {name: _around(odds[name], pulses) for name in ("eighth", "beat", "downbeat")}
    seen = scaled(levels)
    bars = find_bars(at_pulses["beat"], at_pulses["downbeat"], looks(seen, pulses))
    chances, lines = (1 / (1 + np.exp(-at_pulses[name])) for name in ("eighth", "downbeat"))
    chances[_around(seen.max(axis=1), pulses) < QUIET] = 0
    chances[_around(levels.max(axis=1), pulses) < SILENT] = 0
    return _listed(bars, pulses / FRAMES_PER_SECOND, chances, lines)


def _with_steady_ends(pulses: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """Before the first eighths that are sure, and after the last, count on at their tempo: where
    nothing is played, no tempo is heard."""
    if len(pulses) <= 2 * STEADY:
        return pulses
    chances = 1 / (1 + np.exp(-_around(odds, pulses)))
    sure = np.flatnonzero(np.convolve(chances, np.full(STEADY, 1 / STEADY), "valid") >= SURE)
    if not len(sure):
        return pulses
    first, last = sure[0], sure[-1] + STEADY - 1
    kept = pulses[first : last + 1]
    before, after = (float(np.median(np.diff(part))) for part in (kept[:STEADY], kept[-STEADY:]))
    lead = np.arange(kept[0] - before, 0, -before)[::-1]
    return np.concatenate([lead, kept, np.arange(kept[-1] + after, len(odds), after)])


def looks(seen: np.ndarray, pulses: np.ndarray) -> np.ndarray:
    """What each eighth sounds like: unit vectors (pulses, 2 * bands).

    How much each band rises in it and how loud it is, both beside what is usual in the song.

    Args:
        seen: `scaled` levels (frames, bands).
        pulses: in frames, (pulses,).
    """
    edges = np.append(pulses, pulses[-1] + (pulses[-1] - pulses[-2]))
    begins = np.clip(np.rint(edges).astype(np.int64), 0, len(seen))
    early = np.maximum(begins - AROUND, 0)
    rises = _total(np.maximum(np.diff(seen, axis=0, prepend=seen[:1]), 0), early)
    level = _total(seen, begins) / np.maximum(np.diff(begins), 1)[:, None]
    parts = [_standard(rises), LEVEL_SHARE * _standard(level)]
    vectors = np.concatenate(parts, axis=1)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def _total(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Sums of (frames, bands) between edges (n + 1,): (n, bands)."""
    so_far = np.pad(np.cumsum(values, axis=0, dtype=float), ((1, 0), (0, 0)))
    return np.diff(so_far[edges], axis=0)


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / (values.std(axis=0) + 0.1)


def _around(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The most of what is heard at a few frames around each place."""
    frames = np.rint(places).astype(np.int64)[:, None] + np.arange(-AROUND, AROUND + 1)
    return values[np.clip(frames, 0, len(values) - 1)].max(axis=1).astype(np.float64)


def _listed(
    bars: list[Bar], times: np.ndarray, chances: np.ndarray, lines: np.ndarray
) -> list[Beat]:
    """The bars as beats; pulses before the first bar line are the end of a bar like the first."""
    if not bars:
        return []
    first, last = bars[0], bars[-1]
    pickup = Bar(first.first - first.eighths, first.eighths, first.metre)
    coda = Bar(last.first + last.eighths, last.eighths, last.metre)
    beats = []
    for number, bar in enumerate([pickup, *bars, coda]):
        numerator, denominator = map(int, bar.metre.split("/"))
        length = round(2 * beat_length(numerator, denominator))  # eighths
        for beat, pulse in enumerate(range(bar.first, bar.first + bar.eighths, length), 1):
            end = pulse + length
            if pulse < 0 or end >= len(times):
                continue
            tempo = 30 * length / float(times[end] - times[pulse])
            sure = float(chances[pulse:end].mean()), float(lines[max(bar.first, 0)])
            metre = numerator, denominator
            beats.append(Beat(float(times[pulse]), number, beat, *metre, tempo, *sure))
    return beats
