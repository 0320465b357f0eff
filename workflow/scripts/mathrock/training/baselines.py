"""Two floors that a model has to stand above, scored song by song as models are.

"frequencies" answers each decision of a pitch with its share of yes in the training songs: no
context at all. "again" is the last step again, as far as the training songs repeat theirs: the
shares of yes are two for each decision, for pitches that sounded in the last step and for those
that did not. Both are proper distributions over steps, with half a yes and half a no added to what
was counted.
"""

import numpy as np

from mathrock.dataset.crops import cut
from mathrock.dataset.sequences import Sequences
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.planes import SOUNDING
from mathrock.training.likelihood import CHUNK, SongScore
from mathrock.training.music_statistics import count_targets, smoothed

FLOORS = ("frequencies", "again")


def fit_floors(sequences: Sequences) -> dict[str, np.ndarray]:
    """Log-odds of yes, float32 (2, 128, decisions), of each floor.

    They are those of pitches that were silent in the last step, then of those that sounded.
    """
    positives, counts = count_targets(sequences)
    always = smoothed(positives.sum(axis=0), counts.sum(axis=0))
    shares = {"frequencies": np.stack([always, always]), "again": smoothed(positives, counts)}
    return {name: np.log(share / (1 - share)).astype(np.float32) for name, share in shares.items()}


def floor_nats(odds: np.ndarray, steps: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Nats of each step, (n,), to a floor; steps and those before are bool (n, pitches, planes)."""
    logits = np.where(before[..., SOUNDING, None], odds[1], odds[0])
    return np.asarray(
        negative_log_likelihood(
            logits, *targets_and_mask(steps.astype("float32"), before.astype("float32"))
        )
    )


def score_floors(sequences: Sequences, split: str) -> dict[str, list[SongScore]]:
    """Score the songs of a split, in their order, by both floors."""
    floors, scores = fit_floors(sequences), {name: [] for name in FLOORS}
    for span in sequences.split(split):
        totals, notes = dict.fromkeys(FLOORS, 0.0), 0
        for first in range(span.first, span.first + span.steps, CHUNK):
            steps = min(CHUNK, span.first + span.steps - first)
            crop = cut(sequences, span, first, steps, ("before", "steps"))
            notes += int(crop["steps"][..., -1].sum())
            for name, odds in floors.items():
                found = floor_nats(odds, crop["steps"], crop["before"])
                totals[name] += float(found.sum(dtype=np.float64))
        for name, total in totals.items():
            scores[name].append(SongScore(span.song, total, span.steps, notes))
    return scores
