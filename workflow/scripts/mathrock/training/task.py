"""What the engine trains on, and how it examines: crops of songs, and whole songs."""

from collections.abc import Iterator

import keras
import numpy as np

from mathrock.dataset.crops import crops
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.windows import windows_of
from mathrock.training.likelihood import SongScore, context_names, evaluate

Batch = tuple[dict[str, np.ndarray], np.ndarray, list[str]]


class SongLessons:
    """For models that go through a song step by step. A model of other things brings its own, see
    `latentlessons`: with the same methods.
    """

    def __init__(self, sequences: Sequences):
        self._sequences = sequences

    def epoch(
        self, model: keras.Model, training, rng: np.random.Generator
    ) -> tuple[int, Iterator[Batch]]:
        """How many batches an epoch has, and the batches: (inputs, weights, songs), see `crops`.

        Args:
            training: the knobs, see `training.Training`.
            rng: draws all that is random, the windows at once and the rest as batches are made.
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
        """Scores of the validation songs, of which the least sum is the best; what else to show."""
        return evaluate(model, self._sequences, "valid", batch), {}

    def score(self, model: keras.Model, split: str, batch: int) -> tuple[list[SongScore], dict]:
        """How likely a split's songs are to the trained model, and what else to tell of it."""
        return evaluate(model, self._sequences, split, batch), {}

    def finish(self, model: keras.Model, batch: int, outputs, tell) -> None:
        """Write what a model has besides its weights, and tell what is wrong with it: nothing."""


def course(sequences: Sequences, sizes: dict) -> tuple[SongLessons, dict]:
    """The lessons of a model with these sizes, and those that `build_model` is to know: all."""
    return SongLessons(sequences), sizes
