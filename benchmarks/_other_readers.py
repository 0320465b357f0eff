"""Read scores by programs that know nothing of this project, where they are installed.

Conventions: notes are float arrays (n, 4): onset and offset in seconds, pitch, 1 for a drum hit.
"""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.formats.midi.reader import read_midi
from mathrock.music.score import Score


class OtherReader(NamedTuple):
    """An independent reader: the kinds of files that it reads, and how."""

    kinds: tuple[str, ...]
    read: Callable[[str], np.ndarray]


def installed() -> dict[str, OtherReader]:
    """Return the readers that are installed here, by name."""
    return {
        name: reader
        for name, reader in ALL.items()
        if shutil.which(name) or importlib.util.find_spec(name)
    }


def rows_of(score: Score) -> np.ndarray:
    """Return the notes of a score of this project."""
    notes = [(*note[:3], part.is_drum) for part in score.parts for note in part.notes]
    return np.array(notes, float).reshape(-1, 4)


def _symusic(path: str) -> np.ndarray:
    import symusic

    rows = []
    for track in symusic.Score(path, ttype="Second").tracks:
        rows += [(note.start, note.end, note.pitch, track.is_drum) for note in track.notes]
    return np.array(rows, float).reshape(-1, 4)


def _pretty_midi(path: str) -> np.ndarray:
    import pretty_midi

    rows = []
    for part in pretty_midi.PrettyMIDI(path).instruments:
        rows += [(note.start, note.end, note.pitch, part.is_drum) for note in part.notes]
    return np.array(rows, float).reshape(-1, 4)


def _by_midi(write: Callable[[str, str], None]) -> Callable[[str], np.ndarray]:
    """Make a reader of a function that converts the file of one path to the MIDI of another."""

    def read(path: str) -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            midi = Path(folder, "a.mid")
            write(path, str(midi))
            return rows_of(read_midi(midi.read_bytes())[0])

    return read


def _music21(path: str, midi: str) -> None:
    from music21 import converter, stream

    music = converter.parse(path, forceSource=True)
    if isinstance(music, stream.Opus):
        music = music.scores[0]
    music.expandRepeats().write("midi", midi)


def _partitura(path: str, midi: str) -> None:
    import partitura

    music = partitura.load_score(path)
    partitura.save_score_midi(partitura.score.unfold_part_maximal(music), midi)


def _abc2midi(path: str, midi: str) -> None:
    """Write the notes as they are written: no chords from their names, no swing of hornpipes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "a.abc")
        copy.write_bytes(re.sub(rb"(?m)^R:[^\r\n]*[\r\n]+", b"", Path(path).read_bytes()))
        command = ["abc2midi", copy, "-NGUI", "-NGRA", "-NFER", "-o", midi]
        subprocess.run(command, capture_output=True, check=True, timeout=30)


ALL = {
    "symusic": OtherReader(("MIDI",), _symusic),
    "pretty_midi": OtherReader(("MIDI",), _pretty_midi),
    "music21": OtherReader(("MusicXML", "ABC"), _by_midi(_music21)),
    "partitura": OtherReader(("MusicXML",), _by_midi(_partitura)),
    "abc2midi": OtherReader(("ABC",), _by_midi(_abc2midi)),
}
