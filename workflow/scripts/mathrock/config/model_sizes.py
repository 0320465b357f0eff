"""Count a model's weights, and what its training keeps for each step, from its settings alone.

Each function repeats the layers of its `models/{name}.py`, because each start of Snakemake asks and
Keras takes seconds to import; a test compares the counts with those of built models. What the songs
decide counts as the most: all pitches; but no metre and no genres, which add little.
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import NamedTuple

from mathrock.config.settings import nominal_rate

PITCHES, PLANES, ECHOES = 128, 2, 2  # of rolls; histories of the match model
ANSWERS = PITCHES * PLANES
AROUND, BELOW, REACH = 25, 24, 13  # pitches of the kernels, see `models/pitch_decoder`


class Size(NamedTuple):
    """The size of a model.

    weights: how many there are.
    kept: numbers that training keeps for each step of a batch.
    steps: of a crop or a window.
    """

    weights: int
    kept: int
    steps: int


def size_of(model: str, knobs: Mapping, grid: Mapping, crop_seconds: float) -> Size | None:
    """Compute the size of a model; None for one that is not known here.

    Args:
        knobs: the model's settings.
        grid: the settings of the grid.
        crop_seconds: length of a training crop, with its history.
    """
    return _SIZES[model](knobs, grid, crop_seconds) if model in _SIZES else None


def _lstm(inputs: int, units: int) -> int:
    return 4 * units * (inputs + units + 1)


def _dense(inputs: int, outputs: int) -> int:
    return (inputs + 1) * outputs


def _over_pitch(units: int, depth: int) -> int:
    below = (BELOW + 1) * (PLANES + 1) * units
    return (
        below + depth * (REACH * units + 1) * units + _dense(units, units) + _dense(units, PLANES)
    )


def _size_of_lstm(knobs: Mapping, grid: Mapping, crop_seconds: float) -> Size:
    units, layers = knobs["units"], knobs["layers"]
    heard = ANSWERS * (1 + ECHOES * knobs["echoes"]) + ECHOES * knobs["echoes"]
    weights = _lstm(heard, units) + (layers - 1) * _lstm(units, units) + _dense(units, ANSWERS)
    return Size(
        weights,
        6 * heard + 10 * units * layers + 10 * ANSWERS,
        ceil(nominal_rate(grid) * crop_seconds),
    )


def _size_of_chords(knobs: Mapping, grid: Mapping, crop_seconds: float) -> Size:
    units, layers, depth = knobs["units"], knobs["layers"], knobs["depth"]
    heard = PLANES * (1 + 2 * ECHOES) + 1
    known = 2 * ECHOES + PLANES * (1 + ECHOES) + 4 * knobs["height"]
    weights = 2 * (AROUND * heard + 1 + known) * units + units * units
    weights += layers * _lstm(units, units) + _over_pitch(units, depth)
    kept = PITCHES * (units * (10 * layers + 3 * depth + 8) + 4 * (heard + known))
    return Size(weights, kept, ceil(nominal_rate(grid) * crop_seconds))


def _size_of_vae(knobs: Mapping, grid: Mapping, crop_seconds: float) -> Size:
    units, width, latent = knobs["units"], knobs["width"], knobs["latent"]
    bars = 2 * knobs["bars"]  # seconds at 120 quarter notes a minute, in 4/4
    seconds = knobs["seconds"] if grid["kind"] == "time" else bars
    steps = max(1, round(nominal_rate(grid) * seconds))
    segment = ceil(steps / knobs["segments"])
    segments = ceil(steps / segment)
    code = ceil(latent / segments)
    encoder = _dense(ANSWERS, units) + 2 * _lstm(units, units) + _dense(3 * units * segment, width)
    encoder += _dense(width, 2 * code) + 2 * _dense(segments * code, latent)
    decoder = _dense(latent, segments * code) + _dense(code, width) + _dense(width * segment, width)
    decoder += knobs["conductor"] * _lstm(width, width) + ANSWERS * units + _dense(width, units)
    decoder += _lstm(units, units) + _dense(units + width, PITCHES * knobs["channels"])
    decoder += PLANES * knobs["channels"] + _over_pitch(knobs["channels"], knobs["depth"])
    kept = 40 * units + PITCHES * knobs["channels"] * (3 * knobs["depth"] + 8) + 10 * ANSWERS
    return Size(encoder + decoder, kept, steps + round(knobs["history"] * steps))


_SIZES: dict[str, Callable[[Mapping, Mapping, float], Size]] = {
    "lstm": _size_of_lstm,
    "chords": _size_of_chords,
    "vae": _size_of_vae,
}
