"""A take's path through a VAE's space, a point for each window, and the decoder along it."""

from collections.abc import Mapping

import keras
import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.generation.conditioning import shares
from mathrock.generation.snippets import choose_target
from mathrock.generation.take import Start
from mathrock.latent.slerp import between
from mathrock.latent.summary import Latents
from mathrock.latent.window_crops import window_crops
from mathrock.latent.windows import Windows
from mathrock.models.vae import split_model
from mathrock.models.vae_stepper import Stepper
from mathrock.pianoroll.statistics import measure

WHOLE = 0.75  # of a snippet's longest window: shorter ones give no point


def stepper_for(
    name: str, knobs: dict, start: Start, model: keras.Model, latents: Latents
) -> Stepper:
    """The decoder of a take, as `sampling` wants it, for as many takes as `variations`.

    Its points come from the take's snippet, of which each window is one, and go on from the first
    as often as the take is long. They are moved for the take's genres and attributes, and `path`
    says what else becomes of them:

        reconstruct  nothing
        vary         they go `distance` of the way to points of the prior, one for a variation, so
                     that what recurs in the song still recurs
        sample       they are not used: as many are drawn from the prior, each going `distance` of
                     the way from the one before to one of its own
        interpolate  they go to those of the snippet of the song `to`, all of the way from the
                     take's first window to its last, in `points` steps

    Ways are great circles. An interpolation leans to the density of both songs, and what is drawn
    from the prior to none, unless genres or attributes say one.
    """
    decoder = model.get_layer("decoder")
    windows = Windows(start.sequences, latents.bars, latents.seconds, decoder.window)
    lengths = windows.lengths(start.song, start.end, start.end + start.steps, start.bars)
    path, style = knobs["path"], (shares(knobs["blend"]), knobs["attributes"])
    encode = _Encoder(model, start.sequences, windows)

    def moved(song: str, first: int, end: int) -> np.ndarray:
        genre = next(span.genre for span in start.sequences.spans if span.song == song)
        return encode(song, first, end) + shift(latents, genre, *style)

    own, other = moved(start.song, start.first, start.end), None
    density = 0.0 if path == "sample" else None
    if path == "interpolate":
        to = choose_target(name, knobs, start.sequences, start.song)
        other = moved(*to)
        density = np.mean([_density(start.sequences, song) for song in (start.song, to[0])])
    paths = [
        find_path(knobs, own, other, len(lengths), np.random.default_rng([knobs["seed"], n, 1]))
        for n in range(knobs["variations"])
    ]
    z = np.array(paths)
    if path == "sample":
        z += shift(latents, None, *style)
    stepper = Stepper(model, z, lengths, start.end - start.first)
    stepper.notes_per_second = None if any(style) else density
    return stepper


def shift(
    latents: Latents,
    genre: str | None,
    blend: Mapping[str, float],
    attributes: Mapping[str, float],
) -> np.ndarray:
    """By what a point is moved for a style, float32 (latent,).

    Directions from mean to mean, as the attribute vectors of the MusicVAE paper (Roberts et al.
    2018) are.

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
    knobs: dict, own: np.ndarray, other: np.ndarray | None, count: int, rng: np.random.Generator
) -> np.ndarray:
    """`count` points, float32 (count, latent), see `stepper_for`.

    Args:
        own, other: points of the snippet and of that of the song `to`, (n, latent) each.
    """
    again = np.arange(count)
    points, distance = own[again % len(own)], knobs["distance"]
    if knobs["path"] == "vary":
        towards = rng.standard_normal(own.shape[1], np.float32)
        points = np.array([between(point, towards, distance) for point in points])
    elif knobs["path"] == "sample":
        drawn = rng.standard_normal(own.shape, np.float32)
        for n in range(1, len(drawn)):
            drawn[n] = between(drawn[n - 1], drawn[n], distance)
        points = drawn[again % len(own)]
    elif knobs["path"] == "interpolate":
        ends = other[again % len(other)]
        ways = zip(points, ends, ways_along(count, knobs["points"]), strict=True)
        points = np.array([between(one, end, way) for one, end, way in ways])
    return points


def ways_along(count: int, points: int) -> np.ndarray:
    """How far on the way each of `count` windows is, 0-1, in so many equal steps, at least two.

    0: in as many as there are windows. A single window stays where the way begins.
    """
    points = min(max(2, points) if points else count, count)
    return np.arange(count) * points // count / max(1, points - 1)


def _density(sequences: Sequences, song: str) -> float:
    return measure(sequences.song(song), sequences.rate(song))["notes_per_second"]


class _Encoder:
    """Finds the points of snippets: the means of their windows."""

    def __init__(self, model: keras.Model, sequences: Sequences, windows: Windows):
        self._encoder = split_model(model).encoder
        self._sequences, self._windows = sequences, windows
        self._history = model.get_layer("decoder").history

    def __call__(self, song: str, first: int, end: int) -> np.ndarray:
        """Points, float32 (windows, latent), of steps [first, end) of a song.

        A remainder that is much shorter than the other windows is left out: its point says nothing
        of how it would go on.
        """
        sequences, begin = self._sequences, self._sequences.song_first(song)
        lengths = np.array(self._windows.lengths(song, first, end, sequences.bars(song)))
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
