"""Cut songs, takes and references into pieces of equal length, which can be compared.

A piece begins with a bar where bars are known. Of many songs, some are chosen, evenly spaced and
always the same, and so are pieces of a song: 100,000 songs take no longer than some hundreds.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.dataset.sequences import Sequences, Span
from mathrock.dataset.time_axis import grid_of
from mathrock.files.arrays import map_array
from mathrock.files.json_files import read_json
from mathrock.generation.variations import pick, tracks_of
from mathrock.music.bar_offsets import shift_bars
from mathrock.music.bars import from_rows
from mathrock.music.grid import Grid, grid_through, time_grid
from mathrock.pianoroll.performance import steps_with_notes
from mathrock.pianoroll.planes import PLANES
from mathrock.songs.status import read_status

MIN_PIECE_SHARE = 0.5  # of a piece: the least length of a source that is one piece by itself
LAST_PIECE_TOLERANCE = 0.1  # share of its length that a source's last piece may lack


class Piece(NamedTuple):
    """An excerpt of a song or of a take.

    roll: bool (steps, 128, 2), `rate` steps a second in the mean.
    bars: those that the excerpt overlaps, in steps from the excerpt's first; no rows where bars are
        not known.
    song: the song that the excerpt is from, or the song that its take continues."""

    song: str
    roll: np.ndarray
    rate: float
    bars: np.ndarray


class Source(NamedTuple):
    """Music to cut pieces from: steps [first, end), which `read(first, end)` gives.

    The grid and all bars are in the same steps. `name` is a song's id or a track's name."""

    name: str
    song: str
    first: int
    end: int
    grid: Grid
    bars: np.ndarray
    read: Callable[[int, int], np.ndarray]


def songs_in(sequences: Sequences, splits: Sequence[str], most: int) -> list[Source]:
    """List the songs of these splits, or the parts of songs; at most so many, evenly chosen."""
    spans = [span for split in splits for span in sequences.split(split)]
    return [_song_source(sequences, span) for span in choose_evenly(spans, most)]


def _song_source(sequences: Sequences, span: Span) -> Source:
    """Make a source of a span of the packed songs."""
    first, at = span.first - span.song_first, span.song_first

    def read(begin: int, end: int) -> np.ndarray:
        return sequences.read(at + begin, end - begin)

    grid, bars = grid_of(sequences, span.song), sequences.bars(span.song)
    return Source(span.song, span.song, first, first + span.steps, grid, bars, read)


def tracks_in(json_path: str | Path) -> list[Source]:
    """Open a take's tracks without the snippet; its .npy lies beside its .json."""
    take = read_json(json_path)
    joined = map_array(Path(json_path).with_suffix(".npy"))
    grid, bars = time_grid(take["steps_per_second"]), from_rows(take["bars"])
    tracks = tracks_of(take["take"], take["made"]["settings"]["variations"])
    rolls = {name: pick(joined, variation) for name, (_, variation) in tracks.items()}
    return [
        Source(name, take["song"], take["snippet_steps"], len(roll), grid, bars, make_reader(roll))
        for name, roll in rolls.items()
    ]


def reference_in(status: str | Path) -> Source | None:
    """Open a reference, whose .npy lies beside its status; None where it is not usable."""
    found = read_status(status)
    if not found.ok:
        return None
    roll = map_array(Path(status).with_suffix(".npy"))
    facts = found.facts["grid"]
    bars, grid = from_rows(facts["bars"]), time_grid(facts["steps_per_second"])
    if facts["steps_per_beat"] and len(bars):
        grid = grid_through(bars["step"], bars["seconds"])
    return Source(found.song, found.song, 0, steps_with_notes(roll), grid, bars, make_reader(roll))


def make_reader(roll: np.ndarray) -> Callable[[int, int], np.ndarray]:
    """Make a function that reads a roll as a `Source` does: its first two planes, as bool."""
    return lambda first, end: roll[first:end, :, : len(PLANES)] > 0


def cut(source: Source, seconds: float, most: int) -> Iterator[Piece]:
    """Cut a source into pieces; yield at most so many, evenly chosen.

    A source that is shorter than a piece, but no less than half as long, is one piece.
    """
    for first, end in choose_evenly(_places(source, seconds), most):
        length = source.grid.seconds(end) - source.grid.seconds(first)
        bars = shift_bars(_overlapping_bars(source.bars, first, end), first)
        yield Piece(source.song, source.read(first, end), (end - first) / length, bars)


def choose_evenly(items: Sequence, most: int) -> list:
    """Choose at most so many of the items, evenly spaced, in their order."""
    count = min(len(items), most)
    return [items[(2 * i + 1) * len(items) // (2 * count)] for i in range(count)]


def _places(source: Source, seconds: float) -> list[tuple[int, int]]:
    """List the first steps and the ends of the pieces that a source has time for.

    A piece begins with a bar, so up to a bar before the end of the piece before it.
    """
    grid, lines = source.grid, np.rint(source.bars["step"]).astype(np.int64)
    first = int(next(iter(lines[lines >= source.first]), source.first))
    begin, end = grid.seconds(first), grid.seconds(source.end)
    count = int((end - begin) / seconds + LAST_PIECE_TOLERANCE)
    if not count:
        return [(first, source.end)] if end - begin >= MIN_PIECE_SHARE * seconds else []
    result = []
    for number in range(count):
        step = round(grid.steps(begin + number * seconds))
        step = max(first, int(max(lines[lines <= step], default=step)))
        result.append((step, min(source.end, round(grid.steps(grid.seconds(step) + seconds)))))
    return result


def _overlapping_bars(bars: np.ndarray, first: int, end: int) -> np.ndarray:
    """Select the bars that overlap steps [first, end), and the row of the bar line after them."""
    lines = bars["step"]
    begin = max(0, np.searchsorted(lines, first, "right") - 1)
    overlapping = bars[begin : np.searchsorted(lines, end) + 1]
    return overlapping if len(overlapping) > 1 else bars[:0]
