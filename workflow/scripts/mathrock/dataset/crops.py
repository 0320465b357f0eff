"""Cut crops of songs, the inputs of a model: each step, and the context to predict it from.

A crop has its true history: the step before its first is the song's own, its echoes reach as far
back as the song does, and it can begin some steps before the window that is scored. Arrays by name:

    before    (steps, 128, planes)         the step before; silence before a song's first
    echo      (steps, 128, echoes*planes)  the steps matched, see `match_model`
    likeness  (steps, echoes)              how alike their pasts are
    place     (steps, 2*cycles)            where in the cycles the step is, see `metrical_position`
    style     (steps, styles)              its genre and attributes, see `conditioning`
    steps     (steps, 128, planes)         the step itself
"""

from collections.abc import Collection, Iterator

import numpy as np

from mathrock.dataset.augmentation import draw_tempo, rotate_bars, stretch_time, transpose_pitch
from mathrock.dataset.conditioning import (
    attributes_of,
    conditioning_size,
    conditioning_vector,
)
from mathrock.dataset.sequences import Sequences, Span
from mathrock.pianoroll.match_model import HISTORY_LENGTHS, NO_MATCH, matched_steps
from mathrock.pianoroll.planes import PITCHES

LABELLED = 0.5  # chance that a crop has attributes to condition on, and then of each of them


def crops(
    sequences: Sequences,
    windows: np.ndarray,
    batch: int,
    names: Collection[str],
    rng: np.random.Generator | None = None,
    transpose: tuple[int, int] | None = None,
    stretch: float = 0.0,
    rotate: bool = False,
    unlabelled: float | None = None,
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
        unlabelled: the share of crops without their genre in "style" (condition dropout), so that
            a model also learns what all songs have in common. Half of the crops have attributes
            there, of these each one or not: a take may ask for any of them, and mostly asks for
            none. Attributes are measured after all other augmentation. None: "style" holds the
            genre, and no attribute, which would give away notes that are yet to come.

    Yields:
        (inputs, weights, songs): float32 arrays (batch, time, ...) by name; float32 (batch, time),
        1 for each step of a window, 0 for its history and for padding; the crops' songs.
    """
    time = sequences.history_steps + sequences.window_steps
    wanted = names if unlabelled is None or "style" not in names else [*names, "place"]
    for at in range(0, len(windows), batch):
        inputs = silence(sequences, names, batch, time)
        weights, songs = np.zeros((batch, time), np.float32), []
        for row, (first, steps) in enumerate(windows[at : at + batch].tolist()):
            span = sequences.span_at(first)
            tempo = 1.0
            if stretch and sequences.steps_per_beat(span.song) is None:
                tempo = draw_tempo(stretch, rng)
            begin = max(span.song_first, first - round(tempo * sequences.history_steps))
            end = min(span.first + span.steps, first + max(1, round(tempo * steps)))
            crop = cut(sequences, span, begin, end - begin, wanted)
            if rotate:
                lines = sequences.bars(span.song)["step"] + (span.song_first - begin)
                crop = rotate_bars(crop, lines, rng)
            length = min(time, round((end - begin) / tempo))
            crop = stretch_time(crop, length)
            if transpose is not None:
                crop = transpose_pitch(crop, transpose, rng)
            if "style" in names and unlabelled is not None:
                crop["style"] = draw_conditioning(sequences, span, crop, unlabelled, rng)
            for name in names:
                inputs[name][row, :length] = crop[name]
            weights[row, (first - begin) * length // (end - begin) : length] = 1
            songs.append(span.song)
        yield inputs, weights, songs


def draw_conditioning(
    sequences: Sequences,
    span: Span,
    crop: dict[str, np.ndarray],
    unlabelled: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw a training crop's conditioning vector, float32 (styles,)."""
    genres = {} if rng.random() < unlabelled else {span.genre: 1.0}
    attributes, labelled = None, rng.random(1 + len(sequences.attributes)) < LABELLED
    if labelled[0] and labelled[1:].any():
        attributes = attributes_of(sequences, crop["steps"], span.song, crop["place"])
    vector = conditioning_vector(sequences, genres, attributes)
    vector[len(sequences.genres) :] *= labelled[1:]
    return vector


def silence(sequences: Sequences, names: Collection[str], *axes: int) -> dict[str, np.ndarray]:
    """Make arrays of zeros, float32 (*axes, ...), by name, to write crops into."""
    shapes = {
        "before": (PITCHES, sequences.planes),
        "echo": (PITCHES, len(HISTORY_LENGTHS) * sequences.planes),
        "likeness": (len(HISTORY_LENGTHS),),
        "place": (2 * len(sequences.cycles),),
        "style": (conditioning_size(sequences),),
        "steps": (PITCHES, sequences.planes),
    }
    return {name: np.zeros((*axes, *shapes[name]), np.float32) for name in names}


def cut(
    sequences: Sequences, span: Span, first: int, steps: int, names: Collection[str]
) -> dict[str, np.ndarray]:
    """Cut steps [first, first + steps) of a span's song, by name; rolls are bool."""
    has_past = first > span.song_first
    roll = sequences.read(first - has_past, steps + has_past)
    if not has_past:
        roll = np.concatenate([np.zeros_like(roll[:1]), roll])
    crop = {"before": roll[:-1], "steps": roll[1:]}
    if "echo" in names or "likeness" in names:
        echoes = sequences.echoes(first, steps)
        crop["echo"] = _echo(sequences, span.song_first, echoes)
        crop["likeness"] = echoes["likeness"]
    if "place" in names:
        crop["place"] = sequences.places(span.song, first - span.song_first, steps)
    if "style" in names:
        crop["style"] = np.tile(conditioning_vector(sequences, {span.genre: 1.0}), (steps, 1))
    return {name: crop[name] for name in names}


def _echo(sequences: Sequences, song_first: int, echoes: np.ndarray) -> np.ndarray:
    """Do what `matched_steps` does, but read only the steps that `echoes` names."""
    numbers = echoes["step"]
    roll = sequences.read_at(song_first + np.maximum(numbers, 0).ravel())
    here = echoes.copy()
    here["step"] = np.where(
        numbers == NO_MATCH, NO_MATCH, np.arange(numbers.size).reshape(numbers.shape)
    )
    return matched_steps(roll, here)
