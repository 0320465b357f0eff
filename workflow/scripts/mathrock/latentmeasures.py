"""How good a VAE is: what windows cost, how they come back, how much of z is in use."""

from dataclasses import replace
from typing import NamedTuple

import keras
import numpy as np

from mathrock.decisions import decide
from mathrock.evaluation import SongScore, context_names
from mathrock.latentcrops import window_crops
from mathrock.latentwindows import Windows
from mathrock.planes import PITCHES
from mathrock.sampling import Sampling, continue_song
from mathrock.sequences import Sequences
from mathrock.vae import Stepper, divergence, take_apart

ACTIVE = 0.01  # variance of a unit's mean over windows from which on it is in use
AS_IT_IS = Sampling(  # nothing leans on the model's own odds
    max_polyphony=PITCHES,
    lowest_pitch=0,
    highest_pitch=PITCHES - 1,
    longest_silence=np.inf,
    longest_note=np.inf,
)


class Encoded(NamedTuple):
    """Where windows lie: mean and scale, float32 (windows, latent) each, and each one's song."""

    mean: np.ndarray
    scale: np.ndarray
    songs: list[str]


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
        self._encoder, self._decoder = take_apart(model)

    def encode(self, split: str) -> Encoded:
        """Where the windows of a split lie."""
        means, scales, all_songs = [], [], []
        for inputs, _, songs in self._crops(split):
            mean, scale = self._encode(inputs)
            means.append(mean[: len(songs)])
            scales.append(scale[: len(songs)])
            all_songs += songs
        return Encoded(np.concatenate(means), np.concatenate(scales), all_songs)

    def objective(self, split: str) -> tuple[list[SongScore], dict[str, float]]:
        """The songs' scores by what training minimises, beta in full force, z drawn once a window.

        Returns:
            Besides the scores {"reconstruction": nats a step, "kl": nats a window, "active": the
            share of latent units in use}, which are those whose mean varies (Burda et al.,
            "Importance Weighted Autoencoders", 2016, section 4.2).
        """
        scores, spent, kls, means = {}, 0.0, [], []
        price = self.model.get_layer("price")
        for inputs, weights, songs in self._crops(split):
            mean, scale = self._encode(inputs)
            nats, _ = self._decode(_draw(mean, scale, len(means)), inputs, weights)
            kl = np.asarray(divergence(mean, scale)).sum(axis=1)
            paid = nats + price.beta * np.maximum(kl - price.free, 0)
            _add(scores, songs, paid, inputs["steps"], weights)
            count = len(songs)
            spent += float(nats[:count].sum())
            kls += kl[:count].tolist()
            means.append(mean[:count])
        scores = list(scores.values())
        active = np.concatenate(means).var(axis=0) > ACTIVE if means else np.zeros(1)
        return scores, {
            "reconstruction": spent / max(1, sum(score.steps for score in scores)),
            "kl": float(np.mean(kls)) if kls else 0.0,
            "active": float(np.mean(active)),
        }

    def bound(self, split: str, samples: int) -> list[SongScore]:
        """An upper bound of the songs' negative log-likelihood, each window knowing its history.

        Importance-weighted: the logarithm of the mean of p(x|z) p(z) / q(z|x) over `samples` of z
        (Burda et al. 2016, section 3). The more samples, the closer.
        """
        scores = {}
        for number, (inputs, weights, songs) in enumerate(self._crops(split)):
            mean, scale = self._encode(inputs)
            logs = []
            for sample in range(samples):
                z = _draw(mean, scale, number, sample)
                nats, _ = self._decode(z, inputs, weights)
                prior = -0.5 * (z * z).sum(axis=1)
                posterior = -0.5 * (((z - mean) / scale) ** 2).sum(axis=1) - np.log(scale).sum(1)
                logs.append(prior - posterior - nats)
            nats = np.log(samples) - np.logaddexp.reduce(np.array(logs, np.float64), axis=0)
            _add(scores, songs, nats, inputs["steps"], weights)
        return list(scores.values())

    def reconstruction(self, split: str, temperature: float = 1.0, most: int | None = None) -> dict:
        """How windows come back from their mean alone: the decoder hears nothing before them.

        Counted as in table 1 of the MusicVAE paper, where a step is right if its one token is; here
        a step is right if all its pitches are. "teacher_forced": each pitch is asked knowing the
        true steps before and the true pitches below; "sampled": knowing what was drawn.

        Args:
            temperature: of what is sampled.
            most: windows looked at, drawn from all; None: all.

        Returns:
            {"teacher_forced", "sampled": shares of steps, "onset_f1": of notes sampled, at exactly
            their step and pitch; what sounds as a window begins counts as an onset}.
        """
        right = steps = same = hits = played = wanted = 0
        for inputs, weights, songs in self._crops(split, alone=1.0, most=most):
            count = len(songs)
            mean, _ = self._encode(inputs)
            _, is_right = self._decode(mean, inputs, weights)
            inside = inputs["inside"][:count] > 0
            right += int((is_right[:count, self._history :] & inside).sum())
            steps += int(inside.sum())
            rolls = self._redraw(mean[:count], inputs, steps, temperature) & inside[..., None, None]
            truth = (inputs["steps"][:count, self._history :] > 0) & inside[..., None, None]
            ours, theirs = _struck(rolls), _struck(truth)
            same += int(((rolls == truth).all(axis=(2, 3)) & inside).sum())
            hits += int((ours & theirs).sum())
            played += int(ours.sum())
            wanted += int(theirs.sum())
        return {
            "teacher_forced": right / max(1, steps),
            "sampled": same / max(1, steps),
            "onset_f1": 2 * hits / max(1, played + wanted),
        }

    def _redraw(self, z, inputs, seed, temperature):
        """Rolls bool (windows, steps, 128, planes), each drawn from its z."""
        steps, takes = self._windows.steps, len(z)
        places = inputs["place"][:takes, self._history :] if "place" in inputs else None
        rolls, _ = continue_song(
            Stepper(self.model, z[:, None], [steps]),
            np.zeros((0, *inputs["steps"].shape[2:]), np.bool_),
            steps,
            1.0,
            replace(AS_IT_IS, temperature=temperature),
            [np.random.default_rng([seed, take]) for take in range(takes)],
            places,
        )
        return rolls

    def _crops(self, split, alone=0.0, most=None):
        windows = self._windows.tiles(split)
        if most is not None and most < len(windows):
            windows = np.random.default_rng(0).permutation(windows)[:most]
        return window_crops(
            self._sequences,
            windows,
            self._windows.steps,
            self._history,
            self._batch,
            self._names,
            alone=alone,
        )

    def _encode(self, inputs):
        found = self._encoder.predict_on_batch({n: inputs[n] for n in self._encoder.input})
        return found["mean"], found["scale"]

    def _decode(self, z, inputs, weights):
        """Nats of each window, float64 (batch,), and which of its steps would be right."""
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
        values = zip(one[1:], map(float, found), strict=True)
        scores[song] = SongScore(song, *(had + has for had, has in values))


def _struck(rolls: np.ndarray) -> np.ndarray:
    """Onsets, bool (windows, steps, 128), as if nothing had sounded before."""
    before = np.zeros_like(rolls)
    before[:, 1:] = rolls[:, :-1]
    return np.asarray(decide(rolls.astype("f4"), before.astype("f4"))[0][..., 0]) > 0
