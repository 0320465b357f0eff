"""Define the statistics of the training songs that a model is built from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MusicFacts:
    """Statistics of the training songs.

    planes: planes of a step, 1 or 2; a pitch has as many decisions, see `models/step_likelihood`.
    cycles: the cycles of the metre, see `pianoroll/metrical_position`.
    frequencies: mean target of each decision where the mask is 1, float64 (128, decisions), never
        0 or 1.
    steps: the steps of all songs together.
    lowest, highest: the range of the songs' pitches, with training's transpositions.
    styles: the size of the conditioning vector, see `dataset/conditioning`; 0: there is none.
    """

    planes: int
    cycles: tuple[int | str, ...]
    frequencies: np.ndarray
    steps: int
    lowest: int
    highest: int
    styles: int = 0
