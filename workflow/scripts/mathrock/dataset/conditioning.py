"""Make the conditioning vector: what a model is given of a song's genre and attributes.

It holds a weight for each genre of the training songs, then each attribute as a standard score
over the training windows.
"""

from collections.abc import Mapping

import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.pianoroll import attributes
from mathrock.pianoroll.attributes import standard_scores
from mathrock.pianoroll.metrical_position import IN_BARS


def conditioning_size(sequences: Sequences) -> int:
    """Count the numbers of a conditioning vector; 0: the songs give nothing to condition on."""
    return len(sequences.genres) + len(sequences.attributes)


def conditioning_vector(
    sequences: Sequences, genres: Mapping[str, float], values: np.ndarray | None = None
) -> np.ndarray:
    """Make a conditioning vector, float32 (size,).

    Args:
        genres: weights by name: 1 of the song's own. A genre that no training song has is left out.
        values: what `attributes_of` returned. None: the vector holds 0 for each attribute, which is
            also the score of its mean.
    """
    vector = np.zeros(conditioning_size(sequences), np.float32)
    count = len(sequences.genres)
    vector[:count] = [genres.get(genre, 0.0) for genre in sequences.genres]
    if values is not None:
        vector[count:] = standard_scores(values, sequences.attributes)
    return vector


def attributes_at(sequences: Sequences, first: int, steps: int) -> np.ndarray:
    """Measure the attributes of steps [first, first + steps), of one song: see `attributes`."""
    span = sequences.span_at(first)
    places = sequences.places(span.song, first - span.song_first, steps)
    return attributes_of(sequences, sequences.read(first, steps), span.song, places)


def attributes_of(
    sequences: Sequences, roll: np.ndarray, song: str, places: np.ndarray
) -> np.ndarray:
    """Measure the attributes of a roll on a song's grid, whose metrical positions are `places`."""
    known = places if sequences.cycles == IN_BARS else None
    return attributes.attributes_of(roll, sequences.rate(song), known)
