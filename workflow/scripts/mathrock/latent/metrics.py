"""Metrics of a VAE on windows: likelihood, latent means, share of active units."""

from collections.abc import Iterator
from typing import NamedTuple

import keras
import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.latent.window_crops import window_crops
from mathrock.latent.windows import Windows
from mathrock.models.vae import kl_divergence, split_model
from mathrock.training.likelihood import SongScore, context_names

ACTIVE = 0.01  # variance of a unit's mean over windows from which on it is in use


class Encoded(NamedTuple):
    """The posteriors of windows: mean and scale, float32 (windows, latent) each.

    Beside them each window's song, and its first step and length in steps, int64 (windows, 2)."""

    mean: np.ndarray
    scale: np.ndarray
    songs: list[str]
    places: np.ndarray


class EncodedSong(NamedTuple):
    """A song's windows as points, float32 (windows, latent), with the song's roll.

    Beside them the windows' lengths; the roll is bool (steps, 128, planes); `places` are metrical
    positions, see `pianoroll/metrical_position`."""

    points: np.ndarray
    lengths: list[int]
    roll: np.ndarray
    places: np.ndarray


class Meter:
    """Measures a model on windows that cover each step of a split once.

    Args:
        history: steps before a window that the decoder hears.
        batch: windows looked at together.
    """

    def __init__(
        self,
        model: keras.Model,
        sequences: Sequences,
        windows: Windows,
        history: int,
        batch: int,
    ):
        self.model = model
        self._sequences, self._windows = sequences, windows
        self._history, self._batch = history, batch
        self._names = context_names(model)
        self._encoder, self._decoder = split_model(model)

    def encoded(self, split: str) -> Iterator[Encoded]:
        """Encode the windows of a split, a batch at a time."""
        places = self._windows.tiles(split)
        for number, (inputs, _, songs) in enumerate(self.crops(split)):
            some = places[number * self._batch :][: len(songs)]
            mean, scale = self.encode(inputs)
            yield Encoded(mean[: len(songs)], scale[: len(songs)], songs, some)

    def songs(self, split: str, most: int) -> Iterator[EncodedSong]:
        """Encode at most so many songs of a split, or the parts that it has, spread all over it."""
        spans = self._sequences.split(split)
        for index in np.unique(np.linspace(0, len(spans) - 1, min(most, len(spans))).astype(int)):
            span = spans[index]
            windows = self._windows.of_span(span)
            points = [
                self.encode(inputs)[0][: len(songs)] for inputs, _, songs in self._crops(windows)
            ]
            yield EncodedSong(
                np.concatenate(points),
                windows[:, 1].tolist(),
                self._sequences.read(span.first, span.steps),
                self._sequences.places(span.song, span.first - span.song_first, span.steps),
            )

    def objective(self, split: str) -> tuple[list[SongScore], dict[str, float]]:
        """Score the songs by what training minimises, with the full beta and one z a window.

        Returns:
            Besides the scores {"reconstruction": nats a step, "kl": nats a window, "active": the
            share of latent units in use}, which are those whose mean varies (Burda et al.,
            "Importance Weighted Autoencoders", 2016, section 4.2).
        """
        scores, spent, divergences, windows = {}, 0.0, 0.0, 0
        first = second = np.zeros(1)  # sums of the means and of their squares
        price = self.model.get_layer("price")
        for number, (inputs, weights, songs) in enumerate(self.crops(split)):
            mean, scale = self.encode(inputs)
            nats, _ = self.decode(_draw(mean, scale, number), inputs, weights)
            kl = np.asarray(kl_divergence(mean, scale)).sum(axis=1)
            paid = nats + price.beta * np.maximum(kl - price.free, 0)
            _add(scores, songs, paid, inputs["steps"], weights)
            count = len(songs)
            spent += float(nats[:count].sum())
            divergences += float(kl[:count].sum())
            windows += count
            first = first + mean[:count].sum(axis=0, dtype=np.float64)
            second = second + (mean[:count].astype(np.float64) ** 2).sum(axis=0)
        scores = list(scores.values())
        windows = max(1, windows)
        variance = second / windows - (first / windows) ** 2
        return scores, {
            "reconstruction": spent / max(1, sum(score.steps for score in scores)),
            "kl": divergences / windows,
            "active": float((variance > ACTIVE).mean()),
        }

    def bound(self, split: str, samples: int) -> list[SongScore]:
        """Bound the songs' negative log-likelihood from above, each window knowing its history.

        Importance-weighted: the logarithm of the mean of p(x|z) p(z) / q(z|x) over `samples` of z
        (Burda et al. 2016, section 3). The more samples, the closer.
        """
        scores = {}
        for number, (inputs, weights, songs) in enumerate(self.crops(split)):
            mean, scale = self.encode(inputs)
            logs = []
            for sample in range(samples):
                z = _draw(mean, scale, number, sample)
                nats, _ = self.decode(z, inputs, weights)
                prior = -0.5 * (z * z).sum(axis=1)
                posterior = -0.5 * (((z - mean) / scale) ** 2).sum(axis=1) - np.log(scale).sum(1)
                logs.append(prior - posterior - nats)
            nats = np.log(samples) - np.logaddexp.reduce(np.array(logs, np.float64), axis=0)
            _add(scores, songs, nats, inputs["steps"], weights)
        return list(scores.values())

    def crops(self, split: str, alone: float = 0.0, most: int | None = None):
        """Cut the windows of a split as the model takes them in, see `window_crops`.

        Args:
            alone: 1 hides what was before them.
            most: of all windows so many, drawn; None: all, in their order.
        """
        windows = self._windows.tiles(split)
        if most is not None:
            windows = np.random.default_rng(0).permutation(windows)[:most]
        return self._crops(windows, alone)

    def _crops(self, windows: np.ndarray, alone: float = 0.0):
        return window_crops(
            self._sequences,
            windows,
            self._windows.steps,
            self._history,
            self._batch,
            self._names,
            alone=alone,
        )

    def encode(self, inputs: dict) -> tuple[np.ndarray, np.ndarray]:
        """Encode windows: mean and scale, float32 (batch, latent) each."""
        found = self._encoder.predict_on_batch({n: inputs[n] for n in self._encoder.input})
        return found["mean"], found["scale"]

    def decode(self, z, inputs, weights) -> tuple[np.ndarray, np.ndarray]:
        """Return windows' nats, float64 (batch,), and which steps are right.

        See `vae.EncoderDecoder`.
        """
        given = {name: inputs[name] for name in self._decoder.input if name != "z"}
        found = self._decoder.predict_on_batch(given | {"z": z})
        return (found["nats"] * weights).sum(axis=1, dtype=np.float64), found["right"]


def _draw(mean: np.ndarray, scale: np.ndarray, *seed: int) -> np.ndarray:
    return mean + scale * np.random.default_rng(seed).standard_normal(mean.shape, np.float32)


def _add(scores: dict, songs: list[str], nats: np.ndarray, rolls: np.ndarray, weights) -> None:
    """Add windows to the scores of their songs."""
    notes = ((rolls[..., -1] > 0).sum(axis=2) * weights).sum(axis=1)
    for song, *found in zip(songs, nats, weights.sum(axis=1), notes, strict=False):
        one = scores.get(song, SongScore(song, 0.0, 0, 0))
        spent, steps, struck = (had + has for had, has in zip(one[1:], found, strict=True))
        scores[song] = SongScore(song, float(spent), int(steps), int(struck))
