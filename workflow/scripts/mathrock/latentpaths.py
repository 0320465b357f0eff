"""A take's path through a VAE's space, a point for each window, and the decoder along it."""

import keras
import numpy as np

from mathrock.genres import shares
from mathrock.greatcircle import between
from mathrock.latentcrops import window_crops
from mathrock.latents import Latents
from mathrock.latentwindows import Windows
from mathrock.snippets import choose_target
from mathrock.takes import Start
from mathrock.vae import Stepper, take_apart


def stepper_for(
    name: str, knobs: dict, start: Start, model: keras.Model, latents: Latents
) -> Stepper:
    """The decoder of a take, as `sampling` wants it, for as many takes as `variations`.

    Its points come from the take's snippet, of which each window is one, and go on from the first
    as often as the take is long. `path` says what becomes of them:

        reconstruct  nothing
        vary         they go `distance` of the way to points of the prior, one for a variation, so
                     that what recurs in the song still recurs
        sample       they are not used: as many are drawn from the prior, each going `distance` of
                     the way from the one before to one of its own
        interpolate  they go to those of the snippet of the song `to`, all of the way from the
                     take's first window to its last, in `points` steps

    Ways are great circles. Last, all are moved for the take's genres and attributes.
    """
    decoder = model.get_layer("decoder")
    windows = Windows(start.sequences, latents.bars, latents.seconds, decoder.window)
    lengths = windows.lengths(start.song, start.end, start.end + start.steps, start.bars)
    encode = _Encoder(model, start, windows)
    own = encode(start.song, start.first, start.end)
    other = None
    if knobs["path"] == "interpolate":
        other = encode(*choose_target(name, knobs, start.sequences, start.song))
    genre = None
    if knobs["path"] != "sample":
        genre = next(span.genre for span in start.sequences.spans if span.song == start.song)
    blend = shares(knobs["blend"]) if knobs["blend"] else {}
    shift = latents.shift(genre, blend, knobs["attributes"])
    paths = [
        find_path(knobs, own, other, len(lengths), np.random.default_rng([knobs["seed"], n, 1]))
        for n in range(knobs["variations"])
    ]
    return Stepper(model, np.array(paths) + shift, lengths, start.end - start.first)


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
    """How far on the way each of `count` windows is, 0-1, in so many equal steps; 0: in `count`."""
    points = min(points, count) or count
    return np.arange(count) * points // count / max(1, points - 1)


class _Encoder:
    """Finds the points of snippets: the means of their windows."""

    def __init__(self, model: keras.Model, start: Start, windows: Windows):
        self._encoder = take_apart(model).encoder
        self._sequences, self._windows = start.sequences, windows
        self._history = model.get_layer("decoder").history

    def __call__(self, song: str, first: int, end: int) -> np.ndarray:
        """Points, float32 (windows, latent), of steps [first, end) of a song."""
        sequences, begin = self._sequences, self._sequences.song_first(song)
        lengths = self._windows.lengths(song, first, end, sequences.bars(song))
        firsts = begin + first + np.cumsum([0, *lengths[:-1]])
        names = list(self._encoder.input)
        places = np.column_stack([firsts, lengths])
        crops = window_crops(
            sequences, places, self._windows.steps, self._history, len(places), names
        )
        (inputs, _, _) = next(iter(crops))
        return self._encoder.predict_on_batch(inputs)["mean"]
