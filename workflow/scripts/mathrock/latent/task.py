"""The VAE's training task: batches of windows, and metrics with KL and the units in use."""

from collections.abc import Callable, Iterator

import keras
import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.latent.metrics import Meter
from mathrock.latent.summary import summarize, write_latents
from mathrock.latent.window_crops import window_crops
from mathrock.latent.windows import Windows
from mathrock.training.likelihood import SongScore, context_names
from mathrock.training.task import Batch

ALONE = 0.5  # share of training windows whose history is hidden
SAMPLES = 16  # of z for a window, where songs are scored
COLLAPSED = 0.1  # share of units in use below which the posterior is said to have collapsed


def task_for(sequences: Sequences, sizes: dict) -> tuple["WindowTask", dict]:
    """Make the VAE's training task, and turn bars, seconds and segments into steps.

    Returns:
        The task, and the sizes for `vae.build_model`.
    """
    sizes = dict(sizes)
    windows = Windows(sequences, sizes.pop("bars"), sizes.pop("seconds"))
    history = round(sizes.pop("history") * windows.steps)
    sizes |= {"steps": windows.steps, "history": history}
    sizes["segment"] = -(-windows.steps // sizes.pop("segments"))
    return WindowTask(sequences, windows, history), sizes


class WindowTask:
    """Trains and scores a VAE on windows, where `training.task` does so on crops of songs.

    Args:
        history: steps before a window that the decoder hears.
    """

    def __init__(self, sequences: Sequences, windows: Windows, history: int):
        self._sequences, self._windows, self._history = sequences, windows, history
        self._meter = None

    def epoch(
        self, model: keras.Model, training, rng: np.random.Generator
    ) -> tuple[int, Iterator[Batch]]:
        """Return the number of batches of an epoch, and the batches.

        The settings to stretch and rotate are for crops of songs alone.
        """
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
        """Score the validation songs by what training minimises.

        Returns:
            Besides the scores reconstruction, KL and share of active units.
        """
        return self._meter_of(model, batch).objective("valid")

    def score(self, model: keras.Model, split: str, batch: int) -> tuple[list[SongScore], dict]:
        """Score a split by the importance-weighted bound, see `Meter.bound`.

        Returns:
            Besides the scores what `validate` returns.
        """
        meter = self._meter_of(model, batch)
        return meter.bound(split, SAMPLES), meter.objective(split)[1]

    def finish(self, model: keras.Model, batch: int, outputs, log: Callable[[str], None]) -> None:
        """Write `outputs.latents`; log a warning if the model makes no use of z."""
        meter = self._meter_of(model, batch)
        latents = summarize(meter, self._sequences, self._windows)
        write_latents(outputs.latents, latents)
        if latents.active < COLLAPSED:
            log(
                f"the posterior has collapsed: {latents.active:.0%} of the latent units are in"
                " use, so that takes will not follow their seeds: lower models.vae.beta, or raise"
                " forget"
            )

    def _meter_of(self, model: keras.Model, batch: int) -> Meter:
        """Return the model's meter, which is kept: to take a model apart takes seconds."""
        if self._meter is None or self._meter.model is not model:
            self._meter = Meter(model, self._sequences, self._windows, self._history, batch)
        return self._meter
