"""Lay a take's path through a VAE's latent space, a point for each window, and decode along it."""

from collections.abc import Mapping

import keras
import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.generation.conditioning import shares
from mathrock.generation.snippets import Snippet
from mathrock.generation.take import Start
from mathrock.generation.take_settings import TakeSettings
from mathrock.latent.slerp import slerp
from mathrock.latent.summary import Latents
from mathrock.latent.window_crops import window_crops
from mathrock.latent.windows import Windows
from mathrock.models.vae import split_model
from mathrock.models.vae_stepper import Stepper
from mathrock.pianoroll.statistics import roll_statistics

WHOLE = 0.75  # of a snippet's longest window: shorter ones give no point


def stepper_for(
    settings: TakeSettings, start: Start, model: keras.Model, latents: Latents
) -> Stepper:
    """Make the decoder of a take, as `sampling` wants it, for as many takes as `variations`.

    Each window of the take's snippet is a point of the space. The points are repeated from the
    first as often as the take is long, moved for the take's genres and attributes, and `path` says
    what else becomes of them:

        reconstruct  nothing
        vary         they go `distance` of the way to points of the prior, one for a variation, so
                     that what recurs in the song still recurs
        sample       they are not used: as many are drawn from the prior, each going `distance` of
                     the way from the one before to one of its own
        interpolate  they go to those of the snippet of the song `to`, all of the way from the
                     take's first window to its last, in `points` steps

    Ways are great circles. An interpolation aims at the mean density of both songs, a take drawn
    from the prior at none, unless the take asks for genres or attributes.
    """
    decoder = model.get_layer("decoder")
    windows = Windows(start.sequences, latents.bars, latents.seconds, decoder.window)
    song, end = start.snippet.song, start.snippet.end
    lengths = windows.lengths(song, end, end + start.steps, start.bars)
    path, style = settings.path, (shares(settings.blend), settings.attributes)
    encode = _Encoder(model, start.sequences, windows)

    def moved(snippet: Snippet) -> np.ndarray:
        spans = start.sequences.spans
        genre = next(span.genre for span in spans if span.song == snippet.song)
        return encode(snippet) + shift(latents, genre, *style)

    own, other = moved(start.snippet), None
    density = 0.0 if path == "sample" else None
    if path == "interpolate":
        other = moved(start.target)
        ends = (start.snippet, start.target)
        density = np.mean([_density(start.sequences, snippet) for snippet in ends])
    paths = [
        find_path(settings, own, other, len(lengths), np.random.default_rng([settings.seed, n, 1]))
        for n in range(settings.variations)
    ]
    z = np.array(paths)
    if path == "sample":
        z += shift(latents, None, *style)
    stepper = Stepper(model, z, lengths, start.snippet.steps)
    stepper.notes_per_second = None if any(style) else density
    return stepper


def shift(
    latents: Latents,
    genre: str | None,
    blend: Mapping[str, float],
    attributes: Mapping[str, float],
) -> np.ndarray:
    """Return the vector by which a point is moved for genres and attributes, float32 (latent,).

    It leads from mean to mean, as the attribute vectors of the MusicVAE paper do (Roberts et al.
    2018).

    Args:
        genre: of the song that the point is from; None: it is drawn from the prior.
        blend: genres with their shares; none: the genre stays.
        attributes: how many standard deviations more of each.
    """
    moved = np.zeros_like(latents.mean)
    if blend:
        home = latents.mean
        if genre in latents.genres:
            home = latents.genre_means[latents.genres.index(genre)]
        for name, share in blend.items():
            moved += share * (latents.genre_means[latents.genres.index(name)] - home)
    for name, amount in attributes.items():
        moved += amount * latents.directions[latents.attributes.index(name)]
    return moved


def find_path(
    settings: TakeSettings,
    own: np.ndarray,
    other: np.ndarray | None,
    count: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Lay a path of `count` points, float32 (count, latent), see `stepper_for`.

    Args:
        own, other: points of the snippet and of that of the song `to`, (n, latent) each.
    """
    again = np.arange(count)
    points, distance = own[again % len(own)], settings.distance
    if settings.path == "vary":
        towards = rng.standard_normal(own.shape[1], np.float32)
        points = np.array([slerp(point, towards, distance) for point in points])
    elif settings.path == "sample":
        drawn = rng.standard_normal(own.shape, np.float32)
        for n in range(1, len(drawn)):
            drawn[n] = slerp(drawn[n - 1], drawn[n], distance)
        points = drawn[again % len(own)]
    elif settings.path == "interpolate":
        ends = other[again % len(other)]
        steps = zip(points, ends, fractions(count, settings.points), strict=True)
        points = np.array([slerp(one, end, t) for one, end, t in steps])
    return points


def fractions(count: int, points: int) -> np.ndarray:
    """Return how far on the way each of `count` windows is, 0-1, in `points` equal steps.

    The way has at least two steps; 0 stands for as many as there are windows. A single window
    stays where the way begins.
    """
    points = min(max(2, points) if points else count, count)
    return np.arange(count) * points // count / max(1, points - 1)


def _density(sequences: Sequences, snippet: Snippet) -> float:
    """Measure the notes a second of a snippet's whole song."""
    return roll_statistics(snippet.roll, sequences.rate(snippet.song))["notes_per_second"]


class _Encoder:
    """Encodes snippets as points: the posterior means of their windows."""

    def __init__(self, model: keras.Model, sequences: Sequences, windows: Windows):
        self._encoder = split_model(model).encoder
        self._sequences, self._windows = sequences, windows
        self._history = model.get_layer("decoder").history

    def __call__(self, snippet: Snippet) -> np.ndarray:
        """Encode a snippet as points, float32 (windows, latent).

        A remainder that is much shorter than the other windows gives no point: it says nothing of
        how it would go on.
        """
        sequences, song, first = self._sequences, snippet.song, snippet.first
        begin, bars = sequences.song_first(song), sequences.bars(song)
        lengths = np.array(self._windows.lengths(song, first, snippet.end, bars))
        firsts = begin + first + np.cumsum([0, *lengths[:-1]])
        places = np.column_stack([firsts, lengths])[lengths >= WHOLE * lengths.max()]
        crops = window_crops(
            sequences,
            places,
            self._windows.steps,
            self._history,
            len(places),
            list(self._encoder.input),
        )
        (inputs, _, _) = next(iter(crops))
        return self._encoder.predict_on_batch(inputs)["mean"]
