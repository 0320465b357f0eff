"""Lessons for the VAE: the engine trains on windows, and hears of KL and units in use."""

from collections.abc import Iterator

import keras
import numpy as np

from mathrock.evaluation import SongScore, context_names
from mathrock.latentcrops import window_crops
from mathrock.latentmeasures import Meter
from mathrock.latentwindows import Windows
from mathrock.lessons import Batch
from mathrock.sequences import Sequences

SAMPLES = 16  # of z for a window, where songs are scored
ALONE = 0.5  # share of training windows that hear nothing of what was before


class WindowLessons:
    """As `lessons.SongLessons`, of windows.

    Args:
        history: steps before a window that the decoder hears.
    """

    def __init__(self, sequences: Sequences, windows: Windows, history: int):
        self._sequences, self._windows, self._history = sequences, windows, history
        self._meter = None

    def epoch(
        self, model: keras.Model, training, rng: np.random.Generator
    ) -> tuple[int, Iterator[Batch]]:
        windows = self._windows.drawn(rng)
        batches = window_crops(
            self._sequences,
            windows,
            self._windows.steps,
            self._history,
            training.batch,
            context_names(model),
            rng,
            training.transpose,
            ALONE,
        )
        return -(-len(windows) // training.batch), batches

    def validate(self, model: keras.Model, batch: int) -> tuple[list[SongScore], dict[str, float]]:
        return self._meter_of(model, batch).objective("valid")

    def score(self, model: keras.Model, split: str, batch: int) -> tuple[list[SongScore], dict]:
        meter = self._meter_of(model, batch)
        return meter.bound(split, SAMPLES), meter.objective(split)[1]

    def _meter_of(self, model: keras.Model, batch: int) -> Meter:
        """The model's, kept: to take it apart takes seconds."""
        if self._meter is None or self._meter.model is not model:
            self._meter = Meter(model, self._sequences, self._windows, self._history, batch)
        return self._meter
