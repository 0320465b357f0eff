"""Create notes from the activations of Basic Pitch.

The method is Basic Pitch's own (Bittner et al. 2022, section 3; `note_creation.py` in
https://github.com/spotify/basic-pitch): peaks of the onset plane start notes, which last while the
note plane stays above a threshold; the optional "melodia trick" then makes notes of the remaining
energy (after Salamon and Gomez 2012). With the same thresholds it gives the same notes as Basic
Pitch without its frame-by-frame loops: a search for a note's end is a search for a run of bytes.

A note filter (see `transcription/note_filter`) can replace the onset threshold: of all onsets,
including faint ones, it selects those of notes and corrects their times.
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
from mathrock.transcription.note_filter import MIN_ONSET_PROBABILITY, NoteFilter

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
    """Compute the start of each frame in seconds, float64 (frames,)."""
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
    classifier: NoteFilter | None = None,
) -> list[Note]:
    """Create notes, ordered by onset, with velocities from the mean probability of their frames.

    Args:
        onset_threshold: least probability of an onset, 0-1; the note filter replaces it.
        frame_threshold: probability below which a note ends, 0-1.
        minimum_note_ms: notes of at most this length (rounded to frames of 11.6 ms) are dropped.
        melodia: whether to make notes of energy that no onset explains.
        instrument: a name in `INSTRUMENTS`; pitches outside its range are dropped.
        lowest_pitch, highest_pitch: MIDI pitches, both included; pitches outside are dropped.
        note_filter: least probability, by the classifier, that an onset is a note, 0-1; 0: no
            filter. The minimum length does not apply to notes that the filter selected.
        classifier: required if there is a filter.
    """
    lowest, highest = INSTRUMENTS[instrument]
    lowest, highest = max(lowest, lowest_pitch), min(highest, highest_pitch)
    kept = slice(max(0, lowest - LOWEST_PITCH), max(0, highest - LOWEST_PITCH + 1))
    note = _pitch_range(activations.note, kept)
    minimum = round(minimum_note_ms / 1000 * SAMPLE_RATE / HOP)
    # One row of bytes a pitch: 1 where the note plane is below the threshold or already used.
    quiet = [bytearray(row) for row in np.ascontiguousarray((note < frame_threshold).T)]
    times, latency = frame_times(len(note)), {}
    if note_filter:
        places, latency = _classified_onsets(classifier, activations, note_filter, kept)
        spans = _notes_from_onsets(places, quiet, minimum, keeps_short=True)
    else:
        places = onset_peaks(onset_and_note_planes(activations, kept)[0], onset_threshold)
        spans = _notes_from_onsets(places, quiet, minimum)
    if melodia:
        spans += _notes_from_rest(note, quiet, frame_threshold, minimum)
    return sorted(
        _note(note, times, latency.get((start, row), 0.0), start, end, row)
        for start, end, row in spans
    )


def onset_and_note_planes(
    activations: Activations, kept: slice = slice(0, PITCHES)
) -> tuple[np.ndarray, np.ndarray]:
    """Return the onset plane, with inferred onsets where the note plane rises, and the note plane.

    Both are probabilities, float32 (frames, 88), 0 outside the pitches `kept`.
    """
    note = _pitch_range(activations.note, kept)
    return _with_inferred_onsets(_pitch_range(activations.onset, kept), note), note


def _classified_onsets(
    classifier: NoteFilter, activations: Activations, least: float, kept: slice
) -> tuple[np.ndarray, dict[tuple[int, int], float]]:
    """Find the (frame, pitch) of onsets that are notes, latest first, and the latency of each.

    The classifier gets all pitches, including those that are not kept: a ghost note may be a
    harmonic of one of them.
    """
    onsets, note = onset_and_note_planes(activations)
    places = onset_peaks(onsets, MIN_ONSET_PROBABILITY)
    places = places[(kept.start <= places[:, 1]) & (places[:, 1] < kept.stop)]
    probabilities, latency = classifier.classify(onsets, note, places)
    is_note = probabilities >= least
    indices = map(tuple, places[is_note].tolist())
    return places[is_note], dict(zip(indices, latency[is_note].tolist(), strict=True))


def _pitch_range(plane: np.ndarray, kept: slice) -> np.ndarray:
    """Convert a plane to probabilities, float32, with 0 outside the pitches `kept`."""
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


def onset_peaks(onsets: np.ndarray, threshold: float) -> np.ndarray:
    """Find the (frame, pitch) of each local maximum in time that reaches the threshold.

    The latest comes first.
    """
    middle = onsets[1:-1]
    is_peak = (middle > onsets[:-2]) & (middle > onsets[2:]) & (middle >= threshold)
    return np.argwhere(is_peak)[::-1] + np.array([1, 0])  # the first frame was left out


def _notes_from_onsets(places, quiet, minimum, keeps_short=False) -> list[tuple[int, int, int]]:
    """Make (first frame, end frame, row) of the notes that begin with an onset, latest first.

    Later notes use up their frames first, so an earlier note of the same pitch ends before them.
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
    """Make (first frame, end frame, row) of notes around the strongest frames not yet used."""
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
    """Find the start of the run of quiet frames, from `first` to `limit`, that ends a note."""
    end = row.find(_END, first, limit)
    if end < 0:
        end = first + len(row[first:limit].rstrip(_BELOW))
    return end


def _start_before(row: bytearray, limit: int, last: int) -> int:
    """Find the end of the run of quiet frames before a note, searching from `last` to `limit`."""
    start = row.rfind(_END, limit, last)
    if start >= 0:
        return start + PATIENCE
    return last - len(row[limit:last].lstrip(_BELOW))


def _use_up(quiet: list[bytearray], row: int, start: int, end: int) -> None:
    """Mark frames of a pitch, and of its neighbours a semitone away, as used."""
    used = _BELOW * (end - start)
    for near in range(max(0, row - 1), min(PITCHES, row + 2)):
        quiet[near][start:end] = used


def _note(
    note: np.ndarray, times: np.ndarray, latency: float, start: int, end: int, row: int
) -> Note:
    velocity = round(127 * float(note[start:end, row].mean()))
    onset, offset = max(0.0, times[start].item() - latency), times[end].item()
    if latency < 0:  # the onset is later than its frame: keep it before the offset
        offset = max(offset, onset + HOP / SAMPLE_RATE)
    return Note(onset, offset, row + LOWEST_PITCH, max(1, velocity))
