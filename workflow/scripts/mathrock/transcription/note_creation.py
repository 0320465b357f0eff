"""What Basic Pitch hears -> notes.

The method is Basic Pitch's own (Bittner et al. 2022, section 3; `note_creation.py` in
https://github.com/spotify/basic-pitch): peaks of the onset plane start notes, which last while the
note plane stays above a threshold; the optional "melodia trick" then makes notes of the energy that
is left (after Salamon and Gomez 2012). Given the same thresholds it gives the same notes, without
its frame-by-frame loops: a search for the end of a note is a search for a run of bytes.

A note filter (see `notefilter`) can take the place of the onset threshold: of all onsets, faint
ones too, it picks those that are notes, and moves them to where they were struck.
"""

import numpy as np

from mathrock.music.score import Note
from mathrock.transcription.basic_pitch import (
    HOP,
    LOWEST_PITCH,
    PITCHES,
    SAMPLE_RATE,
    SCALE,
    WINDOW,
    WINDOW_FRAMES,
    Activations,
)
from mathrock.transcription.note_filter import FAINTEST, NoteFilter

INSTRUMENTS = {  # MIDI pitches, both included, in standard tunings, to the highest fret
    "any": (21, 108),
    "guitar": (40, 88),
    "baritone-guitar": (35, 83),
    "bass": (28, 67),
    "piano": (21, 108),
}
PATIENCE = 11  # frames below the threshold that end a note
SHORTEST = 3  # frames of a note that the filter found
_BELOW = b"\x01"
_END = _BELOW * PATIENCE

# The model's frames drift against the audio by this much a window (Basic Pitch's own correction).
_DRIFT = HOP / SAMPLE_RATE * (WINDOW_FRAMES - WINDOW / HOP) + 0.0018  # seconds


def frame_times(frames: int) -> np.ndarray:
    """Start of each frame in seconds, float64 (frames,)."""
    index = np.arange(frames)
    return index * (HOP / SAMPLE_RATE) - index // WINDOW_FRAMES * _DRIFT


def create_notes(
    activations: Activations,
    onset_threshold: float = 0.6,
    frame_threshold: float = 0.4,
    minimum_note_ms: float = 58,
    melodia: bool = False,
    instrument: str = "any",
    lowest_pitch: int = 21,
    highest_pitch: int = 108,
    note_filter: float = 0,
    judge: NoteFilter | None = None,
) -> list[Note]:
    """Notes ordered by onset, with velocities from the mean probability of their frames.

    Args:
        onset_threshold: least probability of an onset, 0-1; the note filter replaces it.
        frame_threshold: probability below which a note is no longer heard, 0-1.
        minimum_note_ms: notes of at most this length (rounded to frames of 11.6 ms) are dropped.
        melodia: also make notes where energy is left without an onset.
        instrument: of `INSTRUMENTS`, whose pitches are kept.
        lowest_pitch, highest_pitch: of these, MIDI pitches kept, both included.
        note_filter: least chance of an onset to be a note, 0-1, as `judge` sees it; 0: no filter.
            The minimum length does not hold for notes that it found.
        judge: needed where there is a filter.
    """
    lowest, highest = INSTRUMENTS[instrument]
    lowest, highest = max(lowest, lowest_pitch), min(highest, highest_pitch)
    kept = slice(max(0, lowest - LOWEST_PITCH), max(0, highest - LOWEST_PITCH + 1))
    note = _limited(activations.note, kept)
    minimum = round(minimum_note_ms / 1000 * SAMPLE_RATE / HOP)
    # One row of bytes a pitch: 1 where the note plane is below the threshold or already used.
    quiet = [bytearray(row) for row in np.ascontiguousarray((note < frame_threshold).T)]
    times, late = frame_times(len(note)), {}
    if note_filter:
        places, late = _judged(judge, activations, note_filter, kept)
        spans = _notes_from_onsets(places, quiet, minimum, keeps_short=True)
    else:
        places = peaks(heard(activations, kept)[0], onset_threshold)
        spans = _notes_from_onsets(places, quiet, minimum)
    if melodia:
        spans += _notes_from_rest(note, quiet, frame_threshold, minimum)
    return sorted(
        _note(note, times, late.get((start, row), 0.0), start, end, row)
        for start, end, row in spans
    )


def heard(
    activations: Activations, kept: slice = slice(0, PITCHES)
) -> tuple[np.ndarray, np.ndarray]:
    """The onset plane, with onsets where the note plane rises, and the note plane.

    Both are probabilities, float32 (frames, 88), 0 outside the pitches `kept`.
    """
    note = _limited(activations.note, kept)
    return _with_inferred_onsets(_limited(activations.onset, kept), note), note


def _judged(
    judge: NoteFilter, activations: Activations, least: float, kept: slice
) -> tuple[np.ndarray, dict[tuple[int, int], float]]:
    """(frame, pitch) of the onsets that are notes, latest first, and how late each was heard.

    All pitches are looked at, also those that are not kept: a ghost may come from one of them.
    """
    onsets, note = heard(activations)
    places = peaks(onsets, FAINTEST)
    places = places[(kept.start <= places[:, 1]) & (places[:, 1] < kept.stop)]
    chances, late = judge.judge(onsets, note, places)
    is_note = chances >= least
    found = map(tuple, places[is_note].tolist())
    return places[is_note], dict(zip(found, late[is_note].tolist(), strict=True))


def _limited(plane: np.ndarray, kept: slice) -> np.ndarray:
    """Probabilities as float32, 0 outside the pitch range."""
    result = np.zeros(plane.shape, np.float32)
    np.divide(plane[:, kept], SCALE, out=result[:, kept])
    return result


def _with_inferred_onsets(onsets: np.ndarray, note: np.ndarray) -> np.ndarray:
    """Add onsets where the note plane rises, scaled to the strongest onset."""
    rise = np.zeros_like(note)
    if len(note) > 2:
        np.minimum(note[2:] - note[1:-1], note[2:] - note[:-2], out=rise[2:])
        np.maximum(rise, 0, out=rise)
    strongest = rise.max(initial=0)
    if strongest > 0:
        rise *= onsets.max() / strongest
    return np.maximum(onsets, rise, out=rise)


def peaks(onsets: np.ndarray, threshold: float) -> np.ndarray:
    """(frame, pitch) of each local maximum in time at or above the threshold, latest first."""
    middle = onsets[1:-1]
    is_peak = (middle > onsets[:-2]) & (middle > onsets[2:]) & (middle >= threshold)
    return np.argwhere(is_peak)[::-1] + np.array([1, 0])  # the first frame was left out


def _notes_from_onsets(places, quiet, minimum, keeps_short=False) -> list[tuple[int, int, int]]:
    """(first frame, end frame, row) of the notes that begin with an onset, from the last one back.

    Later notes go first and use up their frames, so an earlier note of the pitch ends before them.
    """
    frames, spans = len(quiet[0]), []
    for start, row in places.tolist():
        end = _end_after(quiet[row], start + 1, frames - 1)
        if keeps_short:  # the filter is surer of a note than of how long it sounds
            end = min(max(end, start + SHORTEST), frames - 1)
        if end - start > (0 if keeps_short else minimum):
            _use_up(quiet, row, start, end)
            spans.append((start, end, row))
    return spans


def _notes_from_rest(note, quiet, threshold, minimum) -> list[tuple[int, int, int]]:
    """(first frame, end frame, row) of notes around the strongest frames not yet used."""
    frames, spans = len(note), []
    candidates = np.argwhere(note > threshold)
    strength = note[candidates[:, 0], candidates[:, 1]]
    for middle, row in candidates[np.argsort(-strength, kind="stable")].tolist():
        if quiet[row][middle]:
            continue
        quiet[row][middle : middle + 1] = _BELOW
        end = _end_after(quiet[row], middle + 1, frames - 1)
        start = _start_before(quiet[row], 1, middle)
        _use_up(quiet, row, middle + 1, min(end + PATIENCE, frames - 1))
        _use_up(quiet, row, max(start - PATIENCE, 1), middle)
        # As in Basic Pitch, the frame that ends such a note is not part of it.
        if end - 1 - start > minimum:
            spans.append((start, end - 1, row))
    return spans


def _end_after(row: bytearray, first: int, limit: int) -> int:
    """Where the run of quiet frames begins that ends a note, looking from `first` to `limit`."""
    end = row.find(_END, first, limit)
    if end < 0:
        end = first + len(row[first:limit].rstrip(_BELOW))
    return end


def _start_before(row: bytearray, limit: int, last: int) -> int:
    """Where the run of quiet frames stops before which a note begins, from `last` to `limit`."""
    start = row.rfind(_END, limit, last)
    if start >= 0:
        return start + PATIENCE
    return last - len(row[limit:last].lstrip(_BELOW))


def _use_up(quiet: list[bytearray], row: int, start: int, end: int) -> None:
    """Mark frames of a pitch, and of its neighbours a semitone away, as used."""
    used = _BELOW * (end - start)
    for near in range(max(0, row - 1), min(PITCHES, row + 2)):
        quiet[near][start:end] = used


def _note(note: np.ndarray, times: np.ndarray, late: float, start: int, end: int, row: int) -> Note:
    velocity = round(127 * float(note[start:end, row].mean()))
    onset, offset = max(0.0, times[start].item() - late), times[end].item()
    if late < 0:  # heard early and moved on: no end before its onset
        offset = max(offset, onset + HOP / SAMPLE_RATE)
    return Note(onset, offset, row + LOWEST_PITCH, max(1, velocity))
