"""How well a transcription matches what was played (mir_eval's metrics).

Conventions: an onset is right within 50 ms, a pitch within half a semitone, an offset within 50 ms
or a fifth of the note's length, a beat within 70 ms, from 5 s on (Raffel et al. 2014,
https://github.com/mir-evaluation/mir_eval). A pitch that two parts strike within 30 ms counts once.
"""

from pathlib import Path

import numpy as np
from mir_eval.beat import f_measure, trim_beats
from mir_eval.transcription import match_notes, precision_recall_f1_overlap
from mir_eval.util import match_events

from mathrock.files.tsv import write_rows
from mathrock.formats.midi import read_score
from mathrock.music.score import Note

DOUBLED = 0.03  # seconds
WINDOW = 0.05  # seconds
COLUMNS = ("song", "notes", "found", "precision", "recall", "onset_f1", "onset_offset_f1")


def score(truth: list[Note], found: list[Note]) -> dict[str, float]:
    """Precision, recall and F1 of onsets and pitches, and F1 of offsets too; 0-1."""
    if not truth or not found:
        return dict.fromkeys(COLUMNS[3:], 0.0)
    sides = (*_arrays(truth), *_arrays(found))
    precision, recall, f1, _ = precision_recall_f1_overlap(*sides, offset_ratio=None)
    _, _, with_offsets, _ = precision_recall_f1_overlap(*sides)
    return dict(zip(COLUMNS[3:], (precision, recall, f1, with_offsets), strict=True))


def match_onsets(truth: list[Note], found: list[Note]) -> list[tuple[Note, Note]]:
    """The pairs of a true and a found note that are the same, whenever they end."""
    if not truth or not found:
        return []
    pairs = match_notes(*_arrays(truth), *_arrays(found), offset_ratio=None)
    return [(truth[a], found[b]) for a, b in pairs]


def score_beats(truth: list[float], found: list[float]) -> float:
    """F-measure of beats in seconds, 0-1."""
    truth, found = (trim_beats(np.sort(np.array(times, float))) for times in (truth, found))
    return float(f_measure(truth, found)) if len(truth) and len(found) else 0.0


def score_hits(truth: dict[str, list[float]], found: dict[str, list[float]]) -> float:
    """Onset F1, 0-1, over the hits of all drums, {drum: seconds}, of which there are some."""
    right = sum(len(match_events(truth[drum], found[drum], WINDOW)) for drum in truth)
    return 2 * right / sum(len(hits) for side in (truth, found) for hits in side.values())


def without_doubled(notes: list[Note]) -> list[Note]:
    """Leave out a note whose pitch another part struck up to 30 ms before."""
    last, kept = {}, []
    for note in sorted(notes):
        if note.onset - last.get(note.pitch, -1) > DOUBLED:
            kept.append(note)
            last[note.pitch] = note.onset
    return kept


def write_scores(path: str | Path, truths: list[str], transcriptions: list[str]) -> None:
    """Write a tab-separated row for each song, and their means."""
    rows = []
    for truth, transcription in zip(truths, transcriptions, strict=True):
        played = without_doubled(read_score(truth).pitched_notes)
        found = read_score(transcription).pitched_notes
        rows.append((Path(truth).stem, len(played), len(found), *score(played, found).values()))
    rows.append(("mean", *(float(np.mean(column)) for column in list(zip(*rows, strict=True))[1:])))
    told = ([song, *(f"{value:.4g}" for value in values)] for song, *values in rows)
    write_rows(path, COLUMNS, told)


def _arrays(notes: list[Note]) -> tuple[np.ndarray, np.ndarray]:
    """Intervals in seconds (n, 2) and frequencies in Hz (n,)."""
    intervals = np.array([[note.onset, note.offset] for note in notes])
    return intervals, 440 * 2 ** ((np.array([note.pitch for note in notes]) - 69) / 12)
