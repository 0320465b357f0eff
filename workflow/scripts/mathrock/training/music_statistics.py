"""Gather the statistics of the training songs that a model is built from."""

import numpy as np

from mathrock.dataset.augmentation import PIANO, reach
from mathrock.dataset.conditioning import conditioning_size
from mathrock.dataset.crops import cut
from mathrock.dataset.sequences import Sequences
from mathrock.models.music_facts import MusicFacts
from mathrock.models.step_likelihood import targets_and_mask
from mathrock.pianoroll.planes import PITCHES, SOUNDING

_CHUNK = 4096  # steps looked at together


def describe(sequences: Sequences, transpose: tuple[int, int] = (0, 0)) -> MusicFacts:
    """Gather the statistics in one pass through the training songs."""
    positives, counts = count_targets(sequences)
    used = positives.any(axis=(0, 2))
    lowest, highest = PIANO.start, PIANO.stop - 1
    if used.any():
        pitches, moves = np.flatnonzero(used), reach(used, transpose)
        lowest, highest = int(pitches[0]) + moves[0], int(pitches[-1]) + moves[1]
    return MusicFacts(
        planes=sequences.planes,
        cycles=sequences.cycles,
        frequencies=smoothed(positives.sum(axis=0), counts.sum(axis=0)),
        steps=sum(span.steps for span in sequences.split("train")),
        lowest=lowest,
        highest=highest,
        styles=conditioning_size(sequences),
    )


def count_targets(sequences: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """Count each decision's positive targets, and how often it counts, in the training songs.

    Returns:
        (positives, counts), float64 (2, 128, decisions): first at pitches that were silent in the
        previous step, then at pitches that sounded.
    """
    positives, counts = np.zeros((2, 2, PITCHES, sequences.planes))
    for span in sequences.split("train"):
        for first in range(span.first, span.first + span.steps, _CHUNK):
            steps = min(_CHUNK, span.first + span.steps - first)
            crop = cut(sequences, span, first, steps, ("before", "steps"))
            before = crop["before"].astype(np.float32)
            steps_now = crop["steps"].astype(np.float32)
            targets, mask = map(np.asarray, targets_and_mask(steps_now, before))
            sounded = before[:, :, SOUNDING, None]
            for state, share in enumerate((1 - sounded, sounded)):
                positives[state] += (targets * mask * share).sum(axis=0)
                counts[state] += (mask * share).sum(axis=0)
    return positives, counts


def smoothed(positives: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Compute shares of positives, with half a positive and half a negative added."""
    return (positives + 0.5) / (counts + 1)
