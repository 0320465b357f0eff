"""Define the training task of models of songs: crops to train on, whole songs to evaluate."""

from collections.abc import Iterator

import keras
import numpy as np

from mathrock.dataset.crops import crops
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.windows import windows_of
from mathrock.training.likelihood import SongScore, context_names, evaluate

Batch = tuple[dict[str, np.ndarray], np.ndarray, list[str]]


class SongTask:
    """The task of models that run through a song step by step.

    A model of other data has a task of its own with the same methods, see `latent.task`.
    """

    def __init__(self, sequences: Sequences):
        self._sequences = sequences

    def epoch(
        self, model: keras.Model, training, rng: np.random.Generator
    ) -> tuple[int, Iterator[Batch]]:
        """Make an epoch's batches: their number, and (inputs, weights, songs) of each, see `crops`.

        Args:
            training: the settings, see `trainer.Training`.
            rng: draws the order of windows at once, and the rest as batches are made.
        """
        phase = int(rng.integers(self._sequences.hop_steps))
        windows = rng.permutation(windows_of(self._sequences, "train", phase))
        batches = crops(
            self._sequences,
            windows,
            training.batch,
            context_names(model),
            rng,
            training.transpose,
            training.stretch,
            training.rotate,
            training.unlabelled,
        )
        return -(-len(windows) // training.batch), batches

    def validate(self, model: keras.Model, batch: int) -> tuple[list[SongScore], dict[str, float]]:
        """Score the validation songs, of which the least sum is best; give more values to show."""
        return evaluate(model, self._sequences, "valid", batch), {}

    def score(self, model: keras.Model, split: str, batch: int) -> tuple[list[SongScore], dict]:
        """Score a split's songs by the trained model, and give more metrics of it."""
        return evaluate(model, self._sequences, split, batch), {}

    def finish(self, model: keras.Model, batch: int, outputs, log) -> None:
        """Write what a model has besides its weights, and log its faults: here nothing."""


def task_for(sequences: Sequences, sizes: dict) -> tuple[SongTask, dict]:
    """Make the default task; every size goes to `build_model` unchanged."""
    return SongTask(sequences), sizes
