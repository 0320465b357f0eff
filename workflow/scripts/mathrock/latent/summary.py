"""Summarize a trained latent space: means of songs and genres, a direction for each attribute."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.dataset.conditioning import attributes_at
from mathrock.dataset.sequences import Sequences
from mathrock.files.arrays import read_arrays
from mathrock.files.atomic import replacing
from mathrock.latent.metrics import ACTIVE, Meter
from mathrock.latent.windows import Windows
from mathrock.pianoroll.attributes import standard_scores


class Latents(NamedTuple):
    """Facts of the training windows' means of z.

    bars, seconds: of a window, as the model was trained.
    active: the share of units whose mean differs between windows, see `Meter.objective`.
    mean: of all, float32 (latent,).
    genres, genre_means: names and float32 (genres, latent).
    attributes, directions: names and float32 (attributes, latent): how z differs where that
        attribute is a standard deviation more and the others are the same.
    songs, song_genres, song_means: of each song, float32 (songs, latent).
    """

    bars: int
    seconds: float
    active: float
    mean: np.ndarray
    genres: list[str]
    genre_means: np.ndarray
    attributes: list[str]
    directions: np.ndarray
    songs: list[str]
    song_genres: list[str]
    song_means: np.ndarray


def summarize(meter: Meter, sequences: Sequences, windows: Windows) -> Latents:
    """Summarize the latent means of all training windows, a batch at a time."""
    sums, counts = {}, {}
    names = list(sequences.attributes)
    squares, products, second = np.zeros((len(names) + 1,) * 2), 0.0, 0.0
    for mean, _, songs, places in meter.encoded("train"):
        standard = [
            standard_scores(attributes_at(sequences, *place), sequences.attributes)
            for place in places
        ]
        known = np.column_stack([np.ones(len(mean)), np.array(standard).reshape(len(mean), -1)])
        squares += known.T @ known
        products = products + known.T @ mean
        second = second + (mean.astype(np.float64) ** 2).sum(axis=0)
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
    count = max(1, sum(counts.values()))
    variance = second / count - (products[0] / count) ** 2
    solved = np.linalg.lstsq(squares, products, rcond=None)[0]
    return Latents(
        windows.bars,
        windows.seconds,
        float((variance > ACTIVE).mean()),
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
    values = read_arrays(path)
    names = ("bars", "seconds", "active", "genres", "attributes", "songs", "song_genres")
    return Latents(**values | {name: values[name].tolist() for name in names})
