"""Cut windows into batches as the VAE takes them in: arrays by name, see `vae.build_model`.

As in `crops`, but a window has one length, with the window's true history in front of it:

    before, steps, place   (history + window, ...), see `crops`
    inside                 (window,): 1 for each step of the window, 0 for padding
"""

from collections.abc import Collection, Iterator

import numpy as np

from mathrock.dataset.augmentation import transpose_pitch
from mathrock.dataset.crops import cut, silence
from mathrock.dataset.sequences import Sequences


def window_crops(
    sequences: Sequences,
    windows: np.ndarray,
    steps: int,
    history: int,
    batch: int,
    names: Collection[str],
    rng: np.random.Generator | None = None,
    transpose: tuple[int, int] | None = None,
    alone: float = 0.0,
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray, list[str]]]:
    """Cut windows, int (n, 2), into batches of one shape.

    Args:
        steps: of the longest window.
        history: steps before the window.
        names: of the arrays to make.
        rng: draws for each window by how much it is transposed, within `transpose` semitones, and,
            in a share `alone` of them, that nothing was there before.
        alone: 1 hides the history from all windows, without drawing.

    Yields:
        (inputs, weights, songs): float32 arrays (batch, ...) by name; float32 (batch, history +
        steps), 1 for each step of a window; the windows' songs.
    """
    rolls = [name for name in names if name != "inside"]
    for at in range(0, len(windows), batch):
        inputs = silence(sequences, rolls, batch, history + steps)
        inputs["inside"] = np.zeros((batch, steps), np.float32)
        songs = []
        for row, (first, length) in enumerate(windows[at : at + batch].tolist()):
            span = sequences.span_at(first)
            begin = max(span.song_first, first - history)
            crop = cut(sequences, span, begin, first + length - begin, rolls)
            if transpose is not None:
                crop = transpose_pitch(crop, transpose, rng)
            place = slice(history - (first - begin), history + length)
            for name, values in crop.items():
                inputs[name][row, place] = values
            if alone == 1 or (alone and rng.random() < alone):
                inputs["before"][row, : history + 1] = 0
                inputs["steps"][row, :history] = 0
                if "place" in inputs:
                    inputs["place"][row, :history] = 0
            inputs["inside"][row, :length] = 1
            songs.append(span.song)
        inputs["inside"][len(songs) :, 0] = 1  # nobody's window must not divide by 0
        weights = np.pad(inputs["inside"], ((0, 0), (history, 0)))
        weights[len(songs) :] = 0
        yield inputs, weights, songs
