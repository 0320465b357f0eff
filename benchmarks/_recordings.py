"""MIDI files as recordings whose notes are known: played, encoded to mp3, heard by Basic Pitch."""

import hashlib
import tempfile
from pathlib import Path

import mido
import numpy as np

from _library import ROOT
from mathrock import activations
from mathrock.audiofile import read_mono
from mathrock.audiowriter import write_mp3
from mathrock.midifile import DRUM_CHANNEL, Note, read_score
from mathrock.scoring import without_doubled
from mathrock.synthesis import SAMPLE_RATE, open_synth, play, read_midi

FONT = ROOT / "data/soundfont/rock_gm_fluidr3mono.sf3"
MIXES = ("no_drums", "drums")
PEAK = 0.9


def midi_files(folder: str) -> list[Path]:
    """The MIDI files of a folder that hold notes, in order of name."""
    files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() == ".mid")
    return [path for path in files if true_notes(path)]


def true_notes(path: Path) -> list[Note]:
    """What was played, but for the drums; a note that two tracks strike counts once."""
    return without_doubled(read_score(path).pitched_notes)


def is_held_back(path: Path) -> bool:
    """Whether the song is of the half on which nothing is tuned; copies of a song share a half."""
    notes = [(round(note.onset, 2), note.pitch) for note in read_score(path).pitched_notes]
    return hashlib.sha256(repr(notes).encode()).digest()[0] % 2 == 1


def record(path: Path, mp3: Path, mix: str) -> None:
    """Play a MIDI file with the project's synthesiser into an mp3, with its drums or without."""
    midi = read_midi(path)
    if mix == "no_drums":
        midi = _without_drums(midi)
    samples, _ = play(midi, open_synth(FONT))
    samples *= np.float32(min(1, PEAK / max(1e-9, np.abs(samples).max())))
    write_mp3(mp3, samples, SAMPLE_RATE)


def hear(path: Path, mix: str, listener: Path) -> activations.Activations:
    """What Basic Pitch hears in the recording of a MIDI file."""
    with tempfile.TemporaryDirectory() as folder:
        mp3 = Path(folder, "song.mp3")
        record(path, mp3, mix)
        samples = read_mono(mp3, activations.SAMPLE_RATE).samples
    return activations.predict(samples, listener)


def _without_drums(midi: mido.MidiFile) -> mido.MidiFile:
    for track in midi.tracks:
        at, kept = 0, []
        for message in track:
            at += message.time
            if getattr(message, "channel", None) != DRUM_CHANNEL:
                kept.append(message.copy(time=at))
                at = 0
        track[:] = kept
    return midi
