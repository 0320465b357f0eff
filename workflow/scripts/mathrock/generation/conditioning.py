"""The style that a take asks for: genres blended, and more or less than usual of an attribute."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from mathrock.dataset.conditioning import conditioning_size, conditioning_vector
from mathrock.dataset.sequences import Sequences
from mathrock.generation.errors import TakeError
from mathrock.songs.genres import NO_GENRE

NOTHING = None  # told neither of genres nor of attributes
LEAST_DENSITY = 0.5  # notes a second that less than usual may come down to


class Style(NamedTuple):
    """What the model is told, see `guidance`, and the notes a second that go with it.

    told: float32 (rows, styles), see `dataset.conditioning`: a row a genre of the blend, or one;
        and nothing at all, if it is guided away from that.
    weights: of the rows, float32 (rows,).
    """

    told: np.ndarray
    weights: np.ndarray
    notes_per_second: float


def rows_of(knobs: dict) -> int:
    """How many rows a take is told, by its knobs alone."""
    return len(_weights(knobs))


def shares(blend: Mapping[str, float]) -> dict[str, float]:
    """A blend's weights, not all 0, made to add up to 1."""
    total = sum(blend.values())
    return {genre: weight / total for genre, weight in blend.items()}


def style_of(name: str, knobs: dict, sequences: Sequences, notes_per_second: float = 0.0) -> Style:
    """What the take `name` with these knobs asks for; without a word, no genre and as usual.

    Args:
        notes_per_second: of the take's song. A blend has those of its genres instead, by weight; a
            density that is asked for moves either.

    Raises:
        TakeError: a genre has no training songs, or an attribute is the same or unknown in all.
    """
    blend, asked = shares(knobs["blend"]), knobs["attributes"]
    for genre in blend:
        if genre not in sequences.genres:
            raise TakeError(_no_genre(name, genre, sequences))
    for attribute in asked:
        if not any(sequences.attributes.get(attribute, ())[1:]):
            why = ", whose bars must be known" if attribute == "syncopation" else ""
            raise TakeError(
                f"takes.{name}.attributes.{attribute}: it is not known to differ between training"
                f" songs{why}: leave it out"
            )
    weights = _weights(knobs)
    told = np.zeros((len(weights), conditioning_size(sequences)), np.float32)
    scores = [asked.get(attribute, 0.0) for attribute in sequences.attributes]
    for row, genre in zip(told, weights, strict=True):
        if genre != NOTHING:
            row[:] = conditioning_vector(sequences, {genre: 1.0})
            row[len(sequences.genres) :] = scores
    if blend:
        notes_per_second = sum(sequences.densities[genre] * blend[genre] for genre in blend)
    if "density" in asked:
        _, deviation = sequences.attributes["density"]
        notes_per_second += asked["density"] * deviation
        notes_per_second = max(LEAST_DENSITY, notes_per_second)
    return Style(told, np.array([*weights.values()], np.float32), notes_per_second)


def _weights(knobs: dict) -> dict[str | None, float]:
    """What the model is told by weight: genres, or `NO_GENRE` with the attributes; or `NOTHING`."""
    guidance = knobs.get("guidance", 1.0)  # not every model is guided
    told = {genre: share for genre, share in shares(knobs["blend"]).items() if share}
    if not told and not any(knobs["attributes"].values()):
        return {NOTHING: 1.0}
    weights = {genre: guidance * share for genre, share in (told or {NO_GENRE: 1.0}).items()}
    return weights if guidance == 1 else {**weights, NOTHING: 1 - guidance}


def _no_genre(name: str, genre: str, sequences: Sequences) -> str:
    least = "it" if sequences.genres else "it, or all but one genre,"
    return (
        f"takes.{name}.blend: no model knows {genre}: {least} has no training songs, because they"
        " could not be used (results/songs.tsv says why) or are held back: add songs, or try"
        " another sequences.seed"
    )
