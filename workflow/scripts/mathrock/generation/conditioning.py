"""Make the conditioning vectors of a take: genres blended, attributes above or below the mean."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from mathrock.dataset.conditioning import conditioning_size, conditioning_vector
from mathrock.dataset.sequences import Sequences
from mathrock.generation.errors import TakeError
from mathrock.generation.take_settings import TakeSettings
from mathrock.songs.genres import NO_GENRE

UNCONDITIONED = None  # neither genres nor attributes: a vector of zeros
LEAST_DENSITY = 0.5  # notes a second that less than usual may come down to


class Conditioning(NamedTuple):
    """The vectors that the model is conditioned on, see `guidance`, and the density to aim at.

    vectors: float32 (rows, numbers), see `dataset.conditioning`: a row for each genre of the blend,
        or one row; and a row of zeros where guidance leads away from the unconditioned model.
    weights: of the rows, float32 (rows,); their sum is 1.
    notes_per_second: of the song or of the blend's genres, moved by a density that is asked for.
    """

    vectors: np.ndarray
    weights: np.ndarray
    notes_per_second: float


def count_rows(settings: TakeSettings) -> int:
    """Count the conditioning vectors of a take, by its settings alone."""
    return len(_weights(settings))


def shares(blend: Mapping[str, float]) -> dict[str, float]:
    """Scale a blend's weights, not all 0, to a sum of 1."""
    total = sum(blend.values())
    return {genre: weight / total for genre, weight in blend.items()}


def make_conditioning(
    name: str, settings: TakeSettings, sequences: Sequences, notes_per_second: float
) -> Conditioning:
    """Make the conditioning of the take `name`; without blend and attributes there is none.

    Args:
        notes_per_second: of the take's song. A blend has the density of its genres instead, by
            weight; a density that is asked for moves either.

    Raises:
        TakeError: a genre has no training songs, or an attribute is the same or unknown in all.
    """
    blend, asked = shares(settings.blend), settings.attributes
    for genre in blend:
        if genre not in sequences.genres:
            raise TakeError(_refusal(name, genre, sequences))
    for attribute in asked:
        if not any(sequences.attributes.get(attribute, ())[1:]):
            why = ", whose bars must be known" if attribute == "syncopation" else ""
            raise TakeError(
                f"takes.{name}.attributes.{attribute}: it is not known to differ between training"
                f" songs{why}: leave it out"
            )
    weights = _weights(settings)
    vectors = np.zeros((len(weights), conditioning_size(sequences)), np.float32)
    scores = [asked.get(attribute, 0.0) for attribute in sequences.attributes]
    for row, genre in zip(vectors, weights, strict=True):
        if genre != UNCONDITIONED:
            row[:] = conditioning_vector(sequences, {genre: 1.0})
            row[len(sequences.genres) :] = scores
    if blend:
        notes_per_second = sum(sequences.densities[genre] * blend[genre] for genre in blend)
    if "density" in asked:
        _, deviation = sequences.attributes["density"]
        notes_per_second += asked["density"] * deviation
        notes_per_second = max(LEAST_DENSITY, notes_per_second)
    return Conditioning(vectors, np.array([*weights.values()], np.float32), notes_per_second)


def _weights(settings: TakeSettings) -> dict[str | None, float]:
    """Weigh what the model is conditioned on.

    The keys are genres, or `NO_GENRE` where only attributes are asked for, or `UNCONDITIONED`.
    """
    guidance = 1.0 if settings.guidance is None else settings.guidance  # the VAE has no guidance
    genres = {genre: share for genre, share in shares(settings.blend).items() if share}
    if not genres and not any(settings.attributes.values()):
        return {UNCONDITIONED: 1.0}
    weights = {genre: guidance * share for genre, share in (genres or {NO_GENRE: 1.0}).items()}
    return weights if guidance == 1 else {**weights, UNCONDITIONED: 1 - guidance}


def _refusal(name: str, genre: str, sequences: Sequences) -> str:
    least = "it" if sequences.genres else "it, or all but one genre,"
    return (
        f"takes.{name}.blend: no model knows {genre}: {least} has no training songs, because they"
        " could not be used (results/songs.tsv says why) or are held back: add songs, or try"
        " another sequences.seed"
    )
