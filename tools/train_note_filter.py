"""Train the note filter on MIDI whose notes are known: data/listener/note_filter.npz.

MIDI_FOLDER is any folder of MIDI files. Each is played with and without its drums by the project's
synthesiser, encoded to mp3 and heard by Basic Pitch; of every onset heard it is then known whether
a note was struck there, and when. About half of the songs are held back for
benchmarks/transcription.py.
"""

import sys

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

import paths  # noqa: F401
from commands import ToolError, call, parser, show
from mathrock.music.score import Note
from mathrock.transcription.basic_pitch import LOWEST_PITCH, Activations
from mathrock.transcription.note_creation import frame_times, onset_and_note_planes, onset_peaks
from mathrock.transcription.note_filter import (
    MIN_ONSET_PROBABILITY,
    NoteFilter,
    onset_features,
    save,
)
from recordings import MIXES, hear, is_held_back, midi_files, true_notes

EARLIEST, LATEST = -0.05, 0.08  # seconds from a note's onset at which it may be heard
UNIT = 0.05  # seconds: what the second network counts in, so that it learns as fast as the first
TRAINING = {"alpha": 1e-3, "batch_size": 512, "early_stopping": True, "random_state": 0}


def main() -> None:
    given = parser(__doc__).parse_args()
    files = [path for path in midi_files(given.folder) if not is_held_back(path)]
    examples = []
    for path, mixes in hear(files):
        examples += [look(heard.activations, true_notes(path)) for heard in mixes.values()]
        print(path.name, file=sys.stderr, flush=True)
    if not examples:
        raise ToolError(f"{given.folder} holds no MIDI file to train on")
    seen, is_note, late = (np.concatenate(column) for column in zip(*examples, strict=True))
    save(given.output, train(seen, is_note, late))
    facts = {"songs": len(examples) // len(MIXES), "onsets": len(seen), "notes": int(is_note.sum())}
    show(facts, ", ".join(f"{number} {name}" for name, number in facts.items()), given.json)


def look(activations: Activations, truth: list[Note]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of the n onsets heard, float32 (n, `FEATURES`); then as `match`."""
    onsets, note = onset_and_note_planes(activations)
    places = onset_peaks(onsets, MIN_ONSET_PROBABILITY)
    times = frame_times(len(note))[places[:, 0]]
    return onset_features(onsets, note, places), *match(times, places[:, 1] + LOWEST_PITCH, truth)


def match(
    times: np.ndarray, pitches: np.ndarray, truth: list[Note]
) -> tuple[np.ndarray, np.ndarray]:
    """Pair the onsets heard with notes of their pitch, the nearest first, one to one.

    Args:
        times: of the onsets heard, seconds (n,).
        pitches: MIDI pitches (n,).

    Returns:
        Whether each is a note, bool (n,), and how late it was heard, seconds (n,), 0 where not.
    """
    is_note, late = np.zeros(len(times), np.bool_), np.zeros(len(times))
    for pitch in np.unique(pitches):
        heard_here = np.flatnonzero(pitches == pitch)
        struck = np.array([note.onset for note in truth if note.pitch == pitch])
        gaps = times[heard_here, None] - struck
        rows, columns = np.nonzero((gaps > EARLIEST) & (gaps < LATEST))
        for index in np.argsort(np.abs(gaps[rows, columns]), kind="stable"):
            row, column = rows[index], columns[index]
            if not np.isnan(gaps[row, column]):
                is_note[heard_here[row]], late[heard_here[row]] = True, gaps[row, column]
                gaps[row], gaps[:, column] = np.nan, np.nan
    return is_note, late


def train(seen: np.ndarray, is_note: np.ndarray, late: np.ndarray) -> NoteFilter:
    """Fit both networks; the second learns from the notes alone."""
    first = MLPClassifier(hidden_layer_sizes=(48, 24), max_iter=40, n_iter_no_change=4, **TRAINING)
    second = MLPRegressor(hidden_layer_sizes=(24,), max_iter=20, n_iter_no_change=3, **TRAINING)
    first.fit(seen, is_note)
    second.fit(seen[is_note], late[is_note] / UNIT)
    *hidden, (weights, biases) = zip(second.coefs_, second.intercepts_, strict=True)
    lateness = [*hidden, (weights * UNIT, biases * UNIT)]
    return NoteFilter(list(zip(first.coefs_, first.intercepts_, strict=True)), lateness)


if __name__ == "__main__":
    call(main)
