"""What a model is built from: facts of the training songs."""

import numpy as np

from mathrock.dataset.augmentation import PIANO, reach
from mathrock.dataset.conditioning import conditioning_size
from mathrock.dataset.crops import cut
from mathrock.dataset.sequences import Sequences
from mathrock.models.music_facts import Music
from mathrock.models.step_likelihood import decide
from mathrock.pianoroll.planes import PITCHES, SOUNDING

_CHUNK = 4096  # steps looked at together


def describe(sequences: Sequences, transpose: tuple[int, int] = (0, 0)) -> Music:
    """Gather the facts, in one pass through the training songs."""
    yes, asked = count_answers(sequences)
    used = yes.any(axis=(0, 2))
    lowest, highest = PIANO.start, PIANO.stop - 1
    if used.any():
        pitches, moves = np.flatnonzero(used), reach(used, transpose)
        lowest, highest = int(pitches[0]) + moves[0], int(pitches[-1]) + moves[1]
    return Music(
        planes=sequences.planes,
        cycles=sequences.cycles,
        frequencies=smoothed(yes.sum(axis=0), asked.sum(axis=0)),
        steps=sum(span.steps for span in sequences.split("train")),
        lowest=lowest,
        highest=highest,
        styles=conditioning_size(sequences),
    )


def count_answers(sequences: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """(yes, asked), float64 (2, 128, decisions): of silent pitches, then of those that sounded.

    How often the training songs answer each decision with yes, and how often it is asked, by
    whether the pitch sounded in the step before.
    """
    yes, asked = np.zeros((2, 2, PITCHES, sequences.planes))
    for span in sequences.split("train"):
        for first in range(span.first, span.first + span.steps, _CHUNK):
            steps = min(_CHUNK, span.first + span.steps - first)
            crop = cut(sequences, span, first, steps, ("before", "steps"))
            before = crop["before"].astype(np.float32)
            answers = [np.asarray(x) for x in decide(crop["steps"].astype(np.float32), before)]
            sounded = before[:, :, SOUNDING, None]
            for state, share in enumerate((1 - sounded, sounded)):
                yes[state] += (answers[0] * answers[1] * share).sum(axis=0)
                asked[state] += (answers[1] * share).sum(axis=0)
    return yes, asked


def smoothed(yes: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Shares of yes, with half a yes and half a no added."""
    return (yes + 0.5) / (asked + 1)
