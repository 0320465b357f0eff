"""Clips: up to a minute of a score as a recording might sound, and what is to be heard in it."""

from typing import NamedTuple

import numpy as np
from pedalboard import (
    Compressor,
    Distortion,
    HighShelfFilter,
    LowShelfFilter,
    PeakFilter,
    Pedalboard,
    Reverb,
)

import _library  # noqa: F401
from _bars import bars_of
from _metre_songs import sound
from mathrock.audio.mel_spectrogram import SAMPLE_RATE, mel_spectrogram
from mathrock.music.grid import beat_grid
from mathrock.music.score import Score
from mathrock.transcription.rhythm_network import OUTPUTS

SECONDS = 60.0  # of a clip
RING = 1.0  # seconds of its sound after that
EARLY = 0.05  # seconds by which a first note may be early, or a last one late
KEYS = {"kick": (35, 36), "snare": (37, 38, 39, 40), "hat": (42, 44, 46)}  # General MIDI


class Clip(NamedTuple):
    """A mel spectrogram, uint8 (frames, bands); and the seconds of each of `OUTPUTS`, by name."""

    levels: np.ndarray
    events: dict[str, np.ndarray]


def clip_of(score: Score, rng: np.random.Generator, seconds: float = SECONDS) -> Clip | None:
    """A stretch of the score, played and made worse by random effects; None where it is silent."""
    onsets = [note.onset for part in score.parts for note in part.notes]
    if not onsets:
        return None
    start = float(rng.uniform(0, max(0.0, max(onsets) - seconds)))
    samples = sound(_stretch(score, start, seconds))[: round(SAMPLE_RATE * (seconds + RING))]
    if not samples.any():
        return None
    levels = mel_spectrogram(_recorded(samples, rng))
    end = min(seconds, len(samples) / SAMPLE_RATE)
    events = {name: times - start for name, times in events_of(score).items()}
    return Clip(levels, {name: at[(at >= 0) & (at < end)] for name, at in events.items()})


def events_of(score: Score) -> dict[str, np.ndarray]:
    """Seconds of all that is `OUTPUTS` in a score.

    Eighths are counted from each bar line; beats are the accent groups. They begin with the first
    note and end with the last one.
    """
    clock, bars = beat_grid(score.tempos, 1), bars_of(score)
    onsets = [note.onset for part in score.parts for note in part.notes]
    places = {
        "eighth": [at for bar in bars for at in np.arange(bar.start, bar.end - 0.01, 0.5)],
        "beat": [bar.start + at for bar in bars for at in bar.accents],
        "downbeat": [bar.start for bar in bars],
    }
    events = {}
    for name, quarters in places.items():
        times = np.array([clock.seconds(at) for at in quarters])
        events[name] = times[(times >= min(onsets) - EARLY) & (times <= max(onsets) + EARLY)]
    for name, keys in KEYS.items():
        events[name] = np.array([hit.onset for hit in score.drum_hits if hit.pitch in keys])
    return {name: events[name] for name in OUTPUTS}


def _stretch(score: Score, start: float, seconds: float) -> Score:
    """The notes that begin in the `seconds` from `start` on, which end with them."""
    parts = []
    for part in score.parts:
        notes = [
            note._replace(onset=note.onset - start, offset=min(note.offset - start, seconds))
            for note in part.notes
            if start <= note.onset < start + seconds
        ]
        parts += [part._replace(notes=notes)] if notes else []
    return Score(parts)


def _recorded(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mono samples through some effects, at any loudness, with or without noise."""

    def draw(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    # Decibels, milliseconds, hertz, chances.
    effects = []
    if rng.random() < 0.3:
        effects.append(Distortion(drive_db=draw(3, 18)))
    if rng.random() < 0.6:
        effects.append(Compressor(draw(-35, -12), draw(2, 6), draw(2, 30), 150))
    if rng.random() < 0.7:
        hertz = float(np.exp(draw(np.log(80), np.log(6000))))
        effects.append(PeakFilter(hertz, gain_db=draw(-9, 9), q=0.7))
    if rng.random() < 0.5:
        effects.append(HighShelfFilter(draw(2000, 6000), gain_db=draw(-10, 8)))
    if rng.random() < 0.5:
        effects.append(LowShelfFilter(150.0, gain_db=draw(-8, 8)))
    if rng.random() < 0.6:
        effects.append(Reverb(draw(0.1, 0.6), wet_level=draw(0.03, 0.25), dry_level=0.8))
    played = samples * np.float32(0.5 / np.abs(samples).max())
    played = Pedalboard(effects)(played, SAMPLE_RATE)
    played = played * np.float32(draw(0.2, 0.95) / (np.abs(played).max() + 1e-9))
    if rng.random() < 0.4:
        played = played + rng.normal(0, 10 ** draw(-4.5, -2.5), len(played))
    return played.astype(np.float32)
