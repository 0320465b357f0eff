"""MIDI files as recordings whose notes are known: played, encoded to mp3, heard by Basic Pitch."""

import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import paths
from mathrock.audio.reading import AudioError, read_mono
from mathrock.audio.writing import write_mp3
from mathrock.evaluation.transcription_metrics import without_doubled
from mathrock.formats.errors import ScoreError
from mathrock.formats.readers import read_file
from mathrock.music.score import Note
from mathrock.rendering.part_rendering import render_stems
from mathrock.rendering.stems import mix
from mathrock.rendering.synthesis import SAMPLE_RATE, SynthesisError
from mathrock.transcription import basic_pitch
from mathrock.transcription.basic_pitch import Activations, bundled_model
from mathrock.transcription.basic_pitch_graph import rewrite_model

MIXES = ("no_drums", "drums")


class Heard(NamedTuple):
    """A recording's samples, float32 (n,) at Basic Pitch's rate; what Basic Pitch hears; and the
    seconds that reading and hearing took."""

    samples: np.ndarray
    activations: Activations
    seconds: float


def midi_files(folder: str) -> list[Path]:
    """The MIDI files of a folder that hold notes, in order of name; damaged ones are named."""
    files = []
    for path in sorted(Path(folder).iterdir()):
        if path.suffix.lower() in (".mid", ".midi"):
            try:
                files += [path] if true_notes(path) else []
            except ScoreError as error:
                print(f"{path.name} {error}: left out", file=sys.stderr)
    return files


def true_notes(path: Path) -> list[Note]:
    """What was played, but for the drums; a note that two tracks strike counts once."""
    return without_doubled(read_file(path, "mid")[0].pitched_notes)


def is_held_back(path: Path) -> bool:
    """Whether the song is of the half on which nothing is tuned; copies of a song share a half."""
    notes = [(round(note.onset, 2), note.pitch) for note in read_file(path, "mid")[0].pitched_notes]
    return hashlib.sha256(repr(notes).encode()).digest()[0] % 2 == 1


def hear(files: list[Path]) -> Iterator[tuple[Path, dict[str, Heard]]]:
    """Each file with what Basic Pitch hears in its recordings, by mix.

    They are played by the project's synthesiser, with their drums and without. What cannot be
    played or heard is named and left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        listener, mp3 = Path(folder, "listener.onnx"), Path(folder, "song.mp3")
        rewrite_model(bundled_model(), listener)
        for path in files:
            try:
                yield path, _hear(path, mp3, listener)
            except (SynthesisError, AudioError) as error:
                print(f"{path.name}: left out: {error}", file=sys.stderr)


def _hear(path: Path, mp3: Path, listener: Path) -> dict[str, Heard]:
    stems, _ = render_stems(path, paths.SOUNDFONT)
    heard = {}
    for name in MIXES:
        kept = {part: s for part, s in stems.items() if name == "drums" or part != "drums"}
        write_mp3(mp3, mix(kept), SAMPLE_RATE)
        began = time.perf_counter()
        samples = read_mono(mp3, basic_pitch.SAMPLE_RATE).samples
        found = basic_pitch.predict(samples, listener)
        heard[name] = Heard(samples, found, time.perf_counter() - began)
    return heard
