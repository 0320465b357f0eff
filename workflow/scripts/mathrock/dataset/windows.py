"""Cut the spans of songs into windows: places, not copies, so that windows cost no memory."""

import numpy as np

from mathrock.dataset.sequences import SPLITS, Sequences


def windows_of(sequences: Sequences, split: str, phase: int = 0) -> np.ndarray:
    """List (first step, steps) of each window of a split, int64 (windows, 2).

    Windows are a hop apart and never cross a span's end; a song shorter than a window is one
    shorter window, and the last window of a song ends with it.

    Args:
        phase: steps, 0 to a hop, by which windows begin earlier where their span has them, so
            that not every epoch cuts a song in the same places.
    """
    places = []
    for span in sequences.split(split):
        last = span.first + max(0, span.steps - sequences.window_steps)
        starts = np.arange(span.first - phase, last, sequences.hop_steps)
        starts = np.unique(np.append(np.maximum(starts, span.first), last))
        length = min(sequences.window_steps, span.steps)
        places.append(np.column_stack([starts, np.full(len(starts), length)]))
    return np.concatenate(places) if places else np.zeros((0, 2), np.int64)


def summarize(sequences: Sequences) -> dict:
    """Count the songs, hours and windows of each split."""
    result = {}
    for split in SPLITS:
        spans = sequences.split(split)
        hours = sum(span.steps / sequences.rate(span.song) for span in spans) / 3600
        windows = len(windows_of(sequences, split))
        result[split] = {"songs": len(spans), "hours": round(hours, 4), "windows": windows}
    return result
