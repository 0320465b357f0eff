"""What a model is built from: facts of the training songs."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Music:
    """Facts of the training songs.

    planes: how many a step has, 1 or 2; as many decisions a pitch has, see `decisions`.
    cycles: what recurs, see `places`.
    frequencies: how often each decision is answered with yes where it is asked, float64
        (128, decisions), never 0 or 1.
    steps: how many the songs have together.
    lowest, highest: the pitches that they reach, transposed as training does.
    styles: the size of the conditioning vector, see `dataset.conditioning`; 0: there is none.
    """

    planes: int
    cycles: tuple[int | str, ...]
    frequencies: np.ndarray
    steps: int
    lowest: int
    highest: int
    styles: int = 0
