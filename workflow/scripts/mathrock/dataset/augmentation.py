"""Augment crops: another key, another tempo, their bars in another order.

A crop is what `crops.cut` makes: arrays by name, `steps` among them, all as long, no padding.
"""

from math import exp, log1p

import numpy as np

from mathrock.pianoroll.planes import ONSET

PIANO = slice(21, 109)  # transposition never moves a note off the piano
PITCHED = ("before", "echo", "steps")  # what transposition moves

Crop = dict[str, np.ndarray]


def transpose_pitch(crop: Crop, span: tuple[int, int], rng: np.random.Generator) -> Crop:
    """Shift by some semitones of `span`, drawn evenly from those that stay on the piano.

    Notes that are off the piano already are moved no further off.
    """
    pitched = {name: values for name, values in crop.items() if name in PITCHED}
    used = np.any([values.any(axis=(0, 2)) for values in pitched.values()], axis=0)
    if not used.any():
        return crop
    lowest, highest = reach(used, span)
    shift = rng.integers(lowest, highest, endpoint=True)
    return crop | {name: np.roll(values, shift, axis=1) for name, values in pitched.items()}


def reach(used: np.ndarray, span: tuple[int, int]) -> tuple[int, int]:
    """Find the least and the most semitones of `span` that pitches, bool (128,), may be moved."""
    pitches = np.flatnonzero(used)
    lowest = min(0, max(span[0], PIANO.start - int(pitches[0])))
    highest = max(0, min(span[1], PIANO.stop - 1 - int(pitches[-1])))
    return lowest, highest


def draw_tempo(stretch: float, rng: np.random.Generator) -> float:
    """Draw a tempo of 1 - stretch to 1 + stretch times the song's, evenly by its logarithm."""
    return exp(rng.uniform(log1p(-stretch), log1p(stretch)))


def stretch_time(crop: Crop, length: int) -> Crop:
    """Change a crop's tempo to be `length` steps long: faster where that is fewer than it has.

    Faster, a step may stand for several and has what sounds or is struck in any of them. Slower, a
    step may go on with the one before it: what sounds sounds on, and nothing is struck again. The
    echo, its likeness and the place are those of the step it stands for, of several the first: the
    echo of a later one was found knowing what is to be predicted.
    """
    steps = len(crop["steps"])
    if length == steps:
        return crop
    goes_to = np.arange(steps) * length // steps
    source = np.searchsorted(goes_to, np.arange(length))  # the first of those it stands for
    goes_on = np.bincount(goes_to, minlength=length) == 0
    source[goes_on] -= 1
    result = {name: values[source] for name, values in crop.items()}
    result["steps"] = np.logical_or.reduceat(crop["steps"], source)
    result["steps"][goes_on, :, ONSET:] = False
    return _followed(result, crop)


def rotate_bars(crop: Crop, lines: np.ndarray, rng: np.random.Generator) -> Crop:
    """Cut the run of whole bars at one of its lines, drawn evenly, and put the second part first.

    All that is known of a step moves with it, but the step before it is that of the new order. A
    note held over a line that it is cut at may end there or count as struck anew, see
    `step_likelihood`.
    What lies before the first line and after the last stays, and so does all of a crop with fewer
    than two whole bars.

    Args:
        lines: where bars begin or end, in steps from the crop's first; between steps the nearest
            counts, and those outside the crop do not.
    """
    steps = len(crop["steps"])
    lines = np.unique(np.floor(lines + 0.5).astype(np.int64))
    lines = lines[(lines >= 0) & (lines <= steps)]
    if len(lines) < 3:
        return crop
    begin, end = lines[0], lines[-1]
    cut = lines[rng.integers(len(lines) - 1)]
    order = np.arange(steps)
    order[begin:end] = np.roll(order[begin:end], begin - cut)
    return _followed({name: values[order] for name, values in crop.items()}, crop)


def _followed(crop: Crop, source: Crop) -> Crop:
    """Set the steps before to those of `crop`; the one before its first is the source's."""
    if "before" in crop:
        crop["before"] = np.concatenate([source["before"][:1], crop["steps"][:-1]])
    return crop
