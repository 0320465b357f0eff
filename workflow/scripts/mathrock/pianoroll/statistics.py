"""Compute statistics of a piano roll that reveal silence, drones and clutter."""

import numpy as np

from mathrock.pianoroll.planes import ONSET, SOUNDING

MAX_POLYPHONY = 10  # notes at once; steps with more are crowded


def roll_statistics(roll: np.ndarray, steps_per_second: float) -> dict[str, float]:
    """Compute statistics of a roll (steps, 128, 2 or more): density, silence, crowding and so on.

    Durations are in seconds; `crowded` is the share of steps with more than `MAX_POLYPHONY` notes.
    """
    steps = max(1, len(roll))
    sounding, onsets = roll[:, :, SOUNDING] > 0, roll[:, :, ONSET] > 0
    polyphony = sounding.sum(axis=1)
    held = sounding & ~onsets
    return {
        "seconds": round(len(roll) / steps_per_second, 3),
        "notes_per_second": round(float(onsets.sum()) * steps_per_second / steps, 3),
        "mean_polyphony": round(float(polyphony.mean()) if len(roll) else 0.0, 3),
        "longest_silence": round(_longest_run(polyphony == 0) / steps_per_second, 3),
        "longest_note": round((_longest_run(held) + bool(sounding.any())) / steps_per_second, 3),
        "crowded": round(float((polyphony > MAX_POLYPHONY).sum()) / steps, 4),
    }


def _longest_run(on: np.ndarray) -> int:
    """Count the most consecutive true steps of an array (steps,) or (steps, pitches)."""
    run, longest = np.zeros(on.shape[1:], np.int64), 0
    for step in on:
        run = (run + 1) * step
        longest = max(longest, int(run.max()))
    return longest
