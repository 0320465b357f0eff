"""Evaluate a model's likelihood of songs: exact, song by song, with an interval.

The model runs through each song from its first step, a chunk of steps at a time, and carries its
state from chunk to chunk; only the part of the song that is in the split is scored.
"""

from typing import NamedTuple

import keras
import numpy as np

from mathrock.dataset.crops import cut, silence
from mathrock.dataset.sequences import Sequences, Span

CHUNK = 128  # steps
RESAMPLES = 2000


class SongScore(NamedTuple):
    """A song's negative log-likelihood in nats, and its steps and notes.

    Notes are onsets, or sounding cells in rolls without onsets.
    """

    song: str
    nats: float
    steps: int
    notes: int


def evaluate(
    model: keras.Model, sequences: Sequences, split: str, batch: int, chunk: int = CHUNK
) -> list[SongScore]:
    """Score the songs of a split, in their order.

    Args:
        batch: songs that run at once; `batch * chunk` steps are in memory.
    """
    spans = sequences.split(split)
    if not spans:
        return []
    rows = _whole_shares(min(batch, len(spans)))
    chunk = min(chunk, max(_length(span) for span in spans))
    by_length = sorted(range(len(spans)), key=lambda index: -_length(spans[index]))
    scores = {}
    for at in range(0, len(spans), rows):
        some = by_length[at : at + rows]
        found = _score_together(model, sequences, [spans[i] for i in some], rows, chunk)
        scores |= zip(some, found, strict=True)
    return [scores[index] for index in range(len(spans))]


def _score_together(model, sequences, spans: list[Span], rows: int, chunk: int) -> list[SongScore]:
    """Score songs in one batch of `rows`, chunk by chunk."""
    names, memory = context_names(model), first_memory(model, rows)
    nats, notes = np.zeros(rows), np.zeros(rows, np.int64)
    for at in range(0, max(_length(span) for span in spans), chunk):
        inputs = silence(sequences, names, rows, chunk)
        counts = np.zeros((rows, chunk), np.bool_)
        for row, span in enumerate(spans):  # after a song's end is silence, not scored
            first = span.song_first + at
            steps = min(chunk, span.first + span.steps - first)
            if steps > 0:
                for name, values in cut(sequences, span, first, steps, names).items():
                    inputs[name][row, :steps] = values
                counts[row, max(0, span.first - first) : steps] = True
        outputs = model.predict_on_batch(inputs | memory)
        memory = {"memory": outputs["memory"]}
        nats += np.where(counts, outputs["nats"], 0).sum(axis=1, dtype=np.float64)
        notes += (inputs["steps"][..., -1] > 0).sum(axis=2).sum(axis=1, where=counts)
    return [
        SongScore(span.song, float(nats[row]), span.steps, int(notes[row]))
        for row, span in enumerate(spans)
    ]


def context_names(model: keras.Model) -> list[str]:
    """List the model's inputs besides its recurrent state."""
    return [tensor.name for tensor in model.inputs if tensor.name != "memory"]


def first_memory(model: keras.Model, rows: int) -> dict[str, np.ndarray]:
    """Make a model's initial state, if it has one: "memory", zeros (rows, ...)."""
    shape = next((tensor.shape for tensor in model.inputs if tensor.name == "memory"), None)
    return {} if shape is None else {"memory": np.zeros((rows, *shape[1:]), np.float32)}


def _length(span: Span) -> int:
    """Count the steps from the song's first to the span's last."""
    return span.first + span.steps - span.song_first


def _whole_shares(rows: int) -> int:
    """Round rows up to a multiple of the number of devices."""
    distribution = keras.distribution.distribution()
    devices = 1 if distribution is None else distribution.device_mesh.devices.size
    return -(-rows // devices) * devices


def nats_per_step(scores: list[SongScore]) -> float | None:
    """Compute the nats per step over all songs; None without steps."""
    return _nats_per("steps", scores)


def nats_per_note(scores: list[SongScore]) -> float | None:
    """Compute the nats per note over all songs; None without notes."""
    return _nats_per("notes", scores)


def _nats_per(unit: str, scores: list[SongScore]) -> float | None:
    """Divide the nats of all songs by their "steps" or "notes"; None without any."""
    units = sum(getattr(score, unit) for score in scores)
    return sum(score.nats for score in scores) / units if units else None


def interval(
    scores: list[SongScore], unit: str = "steps", seed: int = 0
) -> tuple[float, float] | None:
    """Bootstrap the 95% interval of nats per "steps" or per "notes" over songs.

    Songs are resampled with replacement. None for fewer than two songs with any steps or notes.
    """
    nats = np.array([score.nats for score in scores])
    units = np.array([getattr(score, unit) for score in scores])
    if np.count_nonzero(units) < 2:
        return None
    draws = np.random.default_rng(seed).integers(len(scores), size=(RESAMPLES, len(scores)))
    drawn = units[draws].sum(axis=1)
    values = nats[draws].sum(axis=1)[drawn > 0] / drawn[drawn > 0]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def summarize(scores: list[SongScore]) -> dict | None:
    """Summarize scores: nats per step and per note with intervals; None without songs."""
    if not scores:
        return None
    return {
        "nats_per_step": {"value": nats_per_step(scores), "interval": interval(scores, "steps")},
        "nats_per_note": {"value": nats_per_note(scores), "interval": interval(scores, "notes")},
        "songs": len(scores),
        "steps": sum(score.steps for score in scores),
    }
