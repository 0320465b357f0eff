"""Crops of songs as a model takes them in: what it may look at before each step, and the step.

A crop has its true history: the step before its first is the song's own, its echoes reach as far
back as the song does, and it can begin some steps before the window that is scored. Arrays by name:

    before    (steps, 128, planes)         the step before; silence before a song's first
    echo      (steps, 128, echoes*planes)  the steps echoed, see `echoes`
    likeness  (steps, echoes)              how alike their pasts are
    place     (steps, 2*cycles)            where in the cycles the step is, see `places`
    steps     (steps, 128, planes)         the step itself
"""

from collections.abc import Collection, Iterator

import numpy as np

from mathrock.augmentation import drawn_tempo, rotated, stretched, transposed
from mathrock.echoes import MEMORIES, NONE, follow
from mathrock.planes import PITCHES
from mathrock.sequences import Sequences, Span


def crops(
    sequences: Sequences,
    windows: np.ndarray,
    batch: int,
    names: Collection[str],
    rng: np.random.Generator | None = None,
    transpose: tuple[int, int] | None = None,
    stretch: float = 0.0,
    rotate: bool = False,
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray, list[str]]]:
    """Cut windows, int (n, 2), into batches of one shape.

    Args:
        names: of the arrays to make.
        rng: draws for each crop what follows, see `augmentation`.
        transpose: semitones [lowest, highest].
        stretch: the share by which the tempo varies, of songs on a grid of seconds alone: on a grid
            of beats a roll knows no tempo. A slower crop ends before its window does; a faster one
            hears more of the song, where its span goes on.
        rotate: the whole bars, of songs whose bars are known.

    Yields:
        (inputs, weights, songs): float32 arrays (batch, time, ...) by name; float32 (batch, time),
        1 for each step of a window, 0 for its history and for padding; the crops' songs.
    """
    time = sequences.history_steps + sequences.window_steps
    for at in range(0, len(windows), batch):
        inputs = silence(sequences, names, batch, time)
        weights, songs = np.zeros((batch, time), np.float32), []
        for row, (first, steps) in enumerate(windows[at : at + batch].tolist()):
            span = sequences.span_at(first)
            tempo = 1.0
            if stretch and sequences.steps_per_beat(span.song) is None:
                tempo = drawn_tempo(stretch, rng)
            begin = max(span.song_first, first - round(tempo * sequences.history_steps))
            end = min(span.first + span.steps, first + max(1, round(tempo * steps)))
            crop = cut(sequences, span, begin, end - begin, names)
            if rotate:
                lines = sequences.bars(span.song)["step"] + (span.song_first - begin)
                crop = rotated(crop, lines, rng)
            length = min(time, round((end - begin) / tempo))
            crop = stretched(crop, length)
            if transpose is not None:
                crop = transposed(crop, transpose, rng)
            for name, values in crop.items():
                inputs[name][row, :length] = values
            weights[row, (first - begin) * length // (end - begin) : length] = 1
            songs.append(span.song)
        yield inputs, weights, songs


def silence(sequences: Sequences, names: Collection[str], *axes: int) -> dict[str, np.ndarray]:
    """Arrays of zeros, float32 (*axes, ...), by name: a crop is written into them."""
    shapes = {
        "before": (PITCHES, sequences.planes),
        "echo": (PITCHES, len(MEMORIES) * sequences.planes),
        "likeness": (len(MEMORIES),),
        "place": (2 * len(sequences.cycles),),
        "steps": (PITCHES, sequences.planes),
    }
    return {name: np.zeros((*axes, *shapes[name]), np.float32) for name in names}


def cut(
    sequences: Sequences, span: Span, first: int, steps: int, names: Collection[str]
) -> dict[str, np.ndarray]:
    """Steps [first, first + steps) of a span's song, by name; rolls are bool."""
    has_past = first > span.song_first
    roll = sequences.read(first - has_past, steps + has_past)
    if not has_past:
        roll = np.concatenate([np.zeros_like(roll[:1]), roll])
    crop = {"before": roll[:-1], "steps": roll[1:]}
    if "echo" in names or "likeness" in names:
        found = sequences.found(first, steps)
        crop["echo"] = _echo(sequences, span.song_first, found)
        crop["likeness"] = found["likeness"]
    if "place" in names:
        crop["place"] = sequences.places(span.song, first - span.song_first, steps)
    return {name: crop[name] for name in names}


def _echo(sequences: Sequences, song_first: int, found: np.ndarray) -> np.ndarray:
    """What `follow` gives for the whole song, of which only the steps echoed are read."""
    numbers = found["step"]
    roll = sequences.read_at(song_first + np.maximum(numbers, 0).ravel())
    here = found.copy()
    here["step"] = np.where(numbers == NONE, NONE, np.arange(numbers.size).reshape(numbers.shape))
    return follow(roll, here)
