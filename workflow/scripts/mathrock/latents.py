"""What a trained VAE's space holds: where genres and songs lie, which way attributes grow."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.atomic import replacing
from mathrock.attributes import scores
from mathrock.latentmeasures import Meter
from mathrock.latentwindows import Windows
from mathrock.sequences import Sequences


class Latents(NamedTuple):
    """Facts of the training windows' means of z.

    bars, seconds: of a window, as the model was trained.
    mean: of all, float32 (latent,).
    genres, genre_means: names and float32 (genres, latent).
    attributes, directions: names and float32 (attributes, latent): how z differs where that
        attribute is a standard deviation more and the others are the same.
    songs, song_genres, song_means: of each song, float32 (songs, latent).
    """

    bars: int
    seconds: float
    mean: np.ndarray
    genres: list[str]
    genre_means: np.ndarray
    attributes: list[str]
    directions: np.ndarray
    songs: list[str]
    song_genres: list[str]
    song_means: np.ndarray

    def shift(
        self, genre: str | None, blend: Mapping[str, float], attributes: Mapping[str, float]
    ) -> np.ndarray:
        """By what a point is moved for a style, float32 (latent,).

        Directions from mean to mean as in section 5.3 of the MusicVAE paper (Roberts et al. 2018),
        which has them for attributes.

        Args:
            genre: of the song that the point is from; None: it is drawn from the prior.
            blend: genres with their weights; none: the genre stays.
            attributes: how many standard deviations more of each.
        """
        moved = np.zeros_like(self.mean)
        if blend:
            home = self.mean
            if genre in self.genres:
                home = self.genre_means[self.genres.index(genre)]
            total = sum(blend.values())
            for name, weight in blend.items():
                moved += weight / total * (self.genre_means[self.genres.index(name)] - home)
        for name, amount in attributes.items():
            if name in self.attributes:
                moved += amount * self.directions[self.attributes.index(name)]
        return moved


def gather(meter: Meter, sequences: Sequences, windows: Windows) -> Latents:
    """Look at all training windows, a batch at a time."""
    sums, counts = {}, {}
    names = list(sequences.attributes)
    squares, products = np.zeros((len(names) + 1,) * 2), 0.0
    for mean, _, songs, places in meter.encoded("train"):
        told = [scores(sequences.attributes_at(*place), sequences.attributes) for place in places]
        known = np.column_stack([np.ones(len(mean)), np.array(told).reshape(len(mean), -1)])
        squares += known.T @ known
        products = products + known.T @ mean
        for song, one in zip(songs, mean, strict=True):
            sums[song] = sums.get(song, 0.0) + one.astype(np.float64)
            counts[song] = counts.get(song, 0) + 1
    genre_of = {span.song: span.genre for span in sequences.split("train")}

    def mean_of(some: list[str]) -> np.ndarray:
        total = sum(sums[song] for song in some)
        return (total / sum(counts[song] for song in some)).astype(np.float32)

    genres = list(sequences.genres)
    means = [mean_of([song for song in sums if genre_of[song] == genre]) for genre in genres]
    songs, mean = list(sums), mean_of(list(sums))
    solved = np.linalg.lstsq(squares, products, rcond=None)[0]
    return Latents(
        windows.bars,
        windows.seconds,
        mean,
        genres,
        np.array(means, np.float32).reshape(-1, len(mean)),
        names,
        solved[1:].astype(np.float32),
        songs,
        [genre_of[song] for song in songs],
        np.array([mean_of([song]) for song in songs]),
    )


def write_latents(path: str | Path, latents: Latents) -> None:
    """Write all as .npz, whole or not at all."""
    with replacing(path) as temporary:
        np.savez(temporary, **latents._asdict())


def read_latents(path: str | Path) -> Latents:
    """Read what `write_latents` wrote."""
    with np.load(path) as arrays:
        values = {name: arrays[name] for name in Latents._fields}
    names = ("bars", "seconds", "genres", "attributes", "songs", "song_genres")
    return Latents(**values | {name: values[name].tolist() for name in names})
