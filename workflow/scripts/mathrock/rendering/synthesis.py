"""Synthesize MIDI: one event loop for every engine, sample-accurate and deterministic."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import mido
import numpy as np

from mathrock.rendering.soundfont import SynthesisError, check_soundfont

SAMPLE_RATE = 44100
ENGINES = ("tinysoundfont", "fluidsynth")
GAIN_DB = -6.0  # headroom: full arrangements stay below full scale
MAX_SECONDS = 3600  # a damaged delta time can stand for days
TAIL_SECONDS = 8.0  # how long sounds may ring after the last event
QUIET = 10 ** (-80 / 20)  # the tail ends when it has been below this ...
QUIET_SECONDS = 0.25  # ... for this long
NOTES_OFF, SUSTAIN = 123, 64


class Synth(Protocol):
    """The interface of a synthesis engine; channels are 0-15, keys and values 0-127."""

    def reset(self) -> None:
        """Stop all sound and reset every channel."""

    def fill(self, samples: np.ndarray) -> None:
        """Render into `samples`: (n, 2) float32, C-contiguous."""

    def note_on(self, channel: int, key: int, velocity: int) -> None:
        """Start a note."""

    def note_off(self, channel: int, key: int) -> None:
        """Release a note."""

    def pitch_bend(self, channel: int, value: int) -> None:
        """Set the pitch wheel: -8192 to 8191, 0 in the middle."""

    def control_change(self, channel: int, control: int, value: int) -> None:
        """Send a control change."""

    def program_change(self, channel: int, program: int) -> bool:
        """Choose an instrument; return False where the font lacks it."""


def render(
    midi_path: str | Path,
    soundfont: str | Path,
    sample_rate: int = SAMPLE_RATE,
    engine: str = "tinysoundfont",
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Render a MIDI file with a SoundFont.

    Returns:
        Samples, (n, 2) float32, full scale 1.0 (dense files may exceed it), with the ring of the
        last notes; and the (channel, program) pairs whose notes were played by another instrument
        because the font lacks theirs, channels counted from 0.

    Raises:
        SynthesisError: a file or the engine cannot be used.
    """
    midi = read_midi(midi_path)
    synth = open_synth(soundfont, sample_rate, engine)
    return play(midi, synth, sample_rate)


def read_midi(path: str | Path) -> mido.MidiFile:
    """Parse a MIDI file that the workflow wrote; SynthesisError if it is missing or damaged."""
    try:
        return mido.MidiFile(path)
    except FileNotFoundError:
        raise SynthesisError(f"MIDI file {path} is missing: run again") from None
    except (EOFError, OSError, ValueError, LookupError, TypeError) as error:
        raise SynthesisError(f"MIDI file {path} is damaged: delete it and run again") from error


def open_synth(
    soundfont: str | Path, sample_rate: int = SAMPLE_RATE, engine: str = "tinysoundfont"
) -> Synth:
    """Load a SoundFont into the engine of that name; there is no fallback to another.

    Raises:
        SynthesisError: no such engine, its library is missing, or the font cannot be used.
    """
    path = check_soundfont(soundfont)
    if engine == "tinysoundfont":
        from mathrock.rendering.tinysoundfont_engine import TinySynth as Engine
    elif engine == "fluidsynth":
        from mathrock.rendering.fluidsynth_engine import FluidSynth as Engine
    else:
        raise SynthesisError(f"unknown engine {engine!r}: choose one of {', '.join(ENGINES)}")
    return Engine(path, sample_rate, GAIN_DB)


def play(
    midi: mido.MidiFile, synth: Synth, sample_rate: int = SAMPLE_RATE
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Play parsed MIDI on a synth from its initial state; the result is that of `render`."""
    events = list(_events(midi, sample_rate))
    end = events[-1][0] if events else 0
    if end > MAX_SECONDS * sample_rate:
        raise SynthesisError(f"the MIDI lasts {end / sample_rate:.0f} s, more than {MAX_SECONDS} s")
    synth.reset()
    missing = {(c, 0) for c in range(16) if not synth.program_change(c, 0)}
    program = [0] * 16
    skipped = set()
    samples = np.zeros((end + round(TAIL_SECONDS * sample_rate), 2), np.float32)
    at = 0
    for sample, message in events:
        synth.fill(samples[at:sample])
        at = sample
        if message.type == "program_change":
            program[message.channel] = message.program
            if not synth.program_change(message.channel, message.program):
                missing.add((message.channel, message.program))
        elif message.type == "note_on" and message.velocity > 0:
            synth.note_on(message.channel, message.note, message.velocity)
            skipped.update(missing & {(message.channel, program[message.channel])})
        elif message.type in ("note_on", "note_off"):
            synth.note_off(message.channel, message.note)
        elif message.type == "pitchwheel":
            synth.pitch_bend(message.channel, message.pitch)
        elif message.type == "control_change":
            synth.control_change(message.channel, message.control, message.value)
    for channel in range(16):
        synth.control_change(channel, SUSTAIN, 0)
        synth.control_change(channel, NOTES_OFF, 0)
    return samples[: _ring_out(synth, samples, at, sample_rate)], sorted(skipped)


def _events(midi: mido.MidiFile, sample_rate: int) -> Iterator[tuple[int, mido.Message]]:
    """Yield the messages in order, each with its sample position under the tempo map."""
    seconds = 0.0
    for message in midi:  # delta times in seconds
        seconds += message.time
        yield round(seconds * sample_rate), message


def _ring_out(synth: Synth, samples: np.ndarray, start: int, sample_rate: int) -> int:
    """Fill `samples` from `start` on until the sound has died away; return where that is."""
    block = math.ceil(QUIET_SECONDS * sample_rate / 4)
    quiet_blocks = 0
    for at in range(start, len(samples), block):
        part = samples[at : at + block]
        synth.fill(part)
        quiet_blocks = quiet_blocks + 1 if np.abs(part).max() < QUIET else 0
        if quiet_blocks == 4:
            return at + len(part)
    return len(samples)
