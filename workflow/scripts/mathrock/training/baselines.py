"""Fit two baselines, which a model has to beat, and score songs by them as by models.

"frequencies" predicts each decision of a pitch at its mean frequency in the training songs, without
context. "again" repeats the previous step as often as the training songs do: each decision has two
frequencies, for pitches that sounded in the previous step and for pitches that did not. Both are
proper distributions over steps; half a positive and half a negative are added to the counts.
"""

import numpy as np

from mathrock.dataset.crops import cut
from mathrock.dataset.sequences import Sequences
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.planes import SOUNDING
from mathrock.training.likelihood import CHUNK, SongScore
from mathrock.training.music_statistics import count_targets, smoothed

BASELINES = ("frequencies", "again")


def fit_baselines(sequences: Sequences) -> dict[str, np.ndarray]:
    """Fit the logits of each baseline to the training songs, float32 (2, 128, decisions).

    The first are for pitches that were silent in the previous step, then for those that sounded.
    """
    positives, counts = count_targets(sequences)
    always = smoothed(positives.sum(axis=0), counts.sum(axis=0))
    shares = {"frequencies": np.stack([always, always]), "again": smoothed(positives, counts)}
    return {name: np.log(share / (1 - share)).astype(np.float32) for name, share in shares.items()}


def baseline_nats(odds: np.ndarray, steps: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Compute each step's nats, (n,); steps and those before are bool (n, pitches, planes)."""
    logits = np.where(before[..., SOUNDING, None], odds[1], odds[0])
    targets, mask = targets_and_mask(steps.astype("float32"), before.astype("float32"))
    return np.asarray(negative_log_likelihood(logits, targets, mask))


def score_baselines(sequences: Sequences, split: str) -> dict[str, list[SongScore]]:
    """Score the songs of a split, in their order, by both baselines."""
    fitted, scores = fit_baselines(sequences), {name: [] for name in BASELINES}
    for span in sequences.split(split):
        totals, notes = dict.fromkeys(BASELINES, 0.0), 0
        for first in range(span.first, span.first + span.steps, CHUNK):
            steps = min(CHUNK, span.first + span.steps - first)
            crop = cut(sequences, span, first, steps, ("before", "steps"))
            notes += int(crop["steps"][..., -1].sum())
            for name, odds in fitted.items():
                found = baseline_nats(odds, crop["steps"], crop["before"])
                totals[name] += float(found.sum(dtype=np.float64))
        for name, total in totals.items():
            scores[name].append(SongScore(span.song, total, span.steps, notes))
    return scores
