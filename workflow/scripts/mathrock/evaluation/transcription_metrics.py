"""Evaluate a transcription against reference notes, by mir_eval's metrics.

Conventions
-----------
The reference is what was played, the estimate what was transcribed. An estimated onset matches
within 50 ms, a pitch within half a semitone, an offset within 50 ms or a fifth of the reference
note's length, a beat within 70 ms; beats before 5 s do not count (Raffel et al. 2014,
https://github.com/mir-evaluation/mir_eval). A pitch that two parts play within 30 ms counts once.
"""

from pathlib import Path

import numpy as np
from mir_eval.beat import f_measure, trim_beats
from mir_eval.transcription import match_notes, precision_recall_f1_overlap
from mir_eval.util import match_events

from mathrock.files.tsv import write_rows
from mathrock.formats.midi.reader import read_score
from mathrock.music.score import Note

MIN_REPEAT_INTERVAL = 0.03  # seconds
ONSET_WINDOW = 0.05  # seconds
COLUMNS = ("song", "notes", "found", "precision", "recall", "onset_f1", "onset_offset_f1")


def score_notes(reference: list[Note], estimated: list[Note]) -> dict[str, float]:
    """Compute precision, recall and F1 of onsets and pitches, and F1 with offsets too; 0-1."""
    if not reference or not estimated:
        return dict.fromkeys(COLUMNS[3:], 0.0)
    sides = (*_arrays(reference), *_arrays(estimated))
    precision, recall, f1, _ = precision_recall_f1_overlap(*sides, offset_ratio=None)
    _, _, with_offsets, _ = precision_recall_f1_overlap(*sides)
    return dict(zip(COLUMNS[3:], (precision, recall, f1, with_offsets), strict=True))


def match_onsets(reference: list[Note], estimated: list[Note]) -> list[tuple[Note, Note]]:
    """Match notes by onset and pitch; return the pairs of a reference and an estimated note."""
    if not reference or not estimated:
        return []
    pairs = match_notes(*_arrays(reference), *_arrays(estimated), offset_ratio=None)
    return [(reference[a], estimated[b]) for a, b in pairs]


def score_beats(reference: list[float], estimated: list[float]) -> float:
    """Compute the F-measure of beats in seconds, 0-1."""
    sides = (reference, estimated)
    sides = [trim_beats(np.sort(np.array(times, float))) for times in sides]
    return float(f_measure(*sides)) if all(map(len, sides)) else 0.0


def score_hits(reference: dict[str, list[float]], estimated: dict[str, list[float]]) -> float:
    """Compute the onset F1, 0-1, over the hits of all drums, {drum: seconds}, at least one hit."""
    matched = sum(
        len(match_events(reference[drum], estimated[drum], ONSET_WINDOW)) for drum in reference
    )
    return 2 * matched / sum(len(hits) for side in (reference, estimated) for hits in side.values())


def without_doubled(notes: list[Note]) -> list[Note]:
    """Leave out notes whose pitch another part played up to 30 ms before."""
    last, kept = {}, []
    for note in sorted(notes):
        if note.onset - last.get(note.pitch, -1) > MIN_REPEAT_INTERVAL:
            kept.append(note)
            last[note.pitch] = note.onset
    return kept


def write_scores(path: str | Path, references: list[str], transcriptions: list[str]) -> None:
    """Write a tab-separated row of metrics for each song, and their means."""
    rows = []
    for midi, transcription in zip(references, transcriptions, strict=True):
        reference = without_doubled(read_score(midi).pitched_notes)
        estimated = read_score(transcription).pitched_notes
        scores = score_notes(reference, estimated).values()
        rows.append((Path(midi).stem, len(reference), len(estimated), *scores))
    rows.append(("mean", *(float(np.mean(column)) for column in list(zip(*rows, strict=True))[1:])))
    formatted = ([song, *(f"{value:.4g}" for value in values)] for song, *values in rows)
    write_rows(path, COLUMNS, formatted)


def _arrays(notes: list[Note]) -> tuple[np.ndarray, np.ndarray]:
    """Convert notes to intervals in seconds (n, 2) and frequencies in Hz (n,)."""
    intervals = np.array([[note.onset, note.offset] for note in notes])
    return intervals, 440 * 2 ** ((np.array([note.pitch for note in notes]) - 69) / 12)
