"""Lessons for the VAE: the engine trains on windows, and hears of KL and units in use."""

from collections.abc import Callable, Iterator

import keras
import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.latent.metrics import Meter
from mathrock.latent.summary import gather, write_latents
from mathrock.latent.window_crops import window_crops
from mathrock.latent.windows import Windows
from mathrock.training.likelihood import SongScore, context_names
from mathrock.training.task import Batch

ALONE = 0.5  # share of training windows that hear nothing of what was before
SAMPLES = 16  # of z for a window, where songs are scored
COLLAPSED = 0.1  # share of units in use below which the posterior is said to have collapsed


def course(sequences: Sequences, sizes: dict) -> tuple["WindowLessons", dict]:
    """The lessons of a VAE with these sizes, and the sizes that `vae.build_model` is to know."""
    sizes = dict(sizes)
    windows = Windows(sequences, sizes.pop("bars"), sizes.pop("seconds"))
    history = round(sizes.pop("history") * windows.steps)
    sizes |= {"steps": windows.steps, "history": history}
    sizes["segment"] = -(-windows.steps // sizes.pop("segments"))
    return WindowLessons(sequences, windows, history), sizes


class WindowLessons:
    """As `training.task.SongTask`, of windows.

    Args:
        history: steps before a window that the decoder hears.
    """

    def __init__(self, sequences: Sequences, windows: Windows, history: int):
        self._sequences, self._windows, self._history = sequences, windows, history
        self._meter = None

    def epoch(
        self, model: keras.Model, training, rng: np.random.Generator
    ) -> tuple[int, Iterator[Batch]]:
        """As `SongTask.epoch`; the knobs to stretch and rotate are for crops of songs alone."""
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
        """By what training minimises; to be shown: reconstruction, KL, share of active units."""
        return self._meter_of(model, batch).objective("valid")

    def score(self, model: keras.Model, split: str, batch: int) -> tuple[list[SongScore], dict]:
        """By the importance-weighted bound, see `Meter.bound`; and what `validate` shows."""
        meter = self._meter_of(model, batch)
        return meter.bound(split, SAMPLES), meter.objective(split)[1]

    def finish(self, model: keras.Model, batch: int, outputs, tell: Callable[[str], None]) -> None:
        """Write `outputs.latents`; tell if the model makes no use of z."""
        meter = self._meter_of(model, batch)
        latents = gather(meter, self._sequences, self._windows)
        write_latents(outputs.latents, latents)
        if latents.active < COLLAPSED:
            tell(
                f"the posterior has collapsed: {latents.active:.0%} of the latent units are in"
                " use, so that takes will not follow their seeds: lower models.vae.beta, or raise"
                " forget"
            )

    def _meter_of(self, model: keras.Model, batch: int) -> Meter:
        """The model's, kept: to take it apart takes seconds."""
        if self._meter is None or self._meter.model is not model:
            self._meter = Meter(model, self._sequences, self._windows, self._history, batch)
        return self._meter
