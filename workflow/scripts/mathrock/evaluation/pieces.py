"""Songs, takes and references cut into pieces of equal length, so that like is compared with like.

Where bars are known a piece begins with one. Of many songs some are chosen, evenly and always the
same, and of each as many pieces: 100,000 songs cost no more than some hundreds.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.dataset.sequences import Sequences, Span
from mathrock.dataset.time_axis import grid_of
from mathrock.files.json_files import read_json
from mathrock.generation.variations import pick, tracks_of
from mathrock.music.bar_offsets import shift_bars
from mathrock.music.bars import from_rows
from mathrock.music.grid import Grid, grid_through, time_grid
from mathrock.pianoroll.performance import steps_with_notes
from mathrock.pianoroll.planes import PLANES
from mathrock.songs.status import read_status

LEAST = 0.5  # of a piece: so short a source may be, to be one piece by itself
LACKING = 0.1  # of a source's last piece, at most


class Piece(NamedTuple):
    """A stretch of music: bool (steps, 128, 2), `rate` steps a second in the mean, and the `bars`
    that it touches, in steps from its own first; no rows where they are not known. `song` is what
    it is from, or what the take that it is from continues."""

    song: str
    roll: np.ndarray
    rate: float
    bars: np.ndarray


class Source(NamedTuple):
    """What pieces are cut from: the steps [first, end) of what `read(first, end)` gives, which lie
    on a grid, with all bars, counted likewise. `name` is a song's id, or a track's name."""

    name: str
    song: str
    first: int
    end: int
    grid: Grid
    bars: np.ndarray
    read: Callable[[int, int], np.ndarray]


def songs_in(sequences: Sequences, splits: Sequence[str], most: int) -> list[Source]:
    """Songs of these splits, or the parts of them that are; at most so many, evenly chosen."""
    spans = [span for split in splits for span in sequences.split(split)]
    return [_song(sequences, span) for span in evenly(spans, most)]


def _song(sequences: Sequences, span: Span) -> Source:
    first, at = span.first - span.song_first, span.song_first

    def read(begin: int, end: int) -> np.ndarray:
        return sequences.read(at + begin, end - begin)

    grid, bars = grid_of(sequences, span.song), sequences.bars(span.song)
    return Source(span.song, span.song, first, first + span.steps, grid, bars, read)


def tracks_in(made: str | Path) -> list[Source]:
    """A take's tracks without the snippet; its .npy lies beside the .json `made`, see `takes`."""
    take = read_json(made)
    joined = np.load(Path(made).with_suffix(".npy"), mmap_mode="r")
    grid, bars = time_grid(take["steps_per_second"]), from_rows(take["bars"])
    tracks = tracks_of(take["take"], take["made"]["settings"]["variations"])
    rolls = {name: pick(joined, variation) for name, (_, variation) in tracks.items()}
    return [
        Source(name, take["song"], take["snippet_steps"], len(roll), grid, bars, reader(roll))
        for name, roll in rolls.items()
    ]


def reference_in(status: str | Path) -> Source | None:
    """A reference, whose .npy lies beside its status; None where it is not usable."""
    found = read_status(status)
    if not found.ok:
        return None
    roll = np.load(Path(status).with_suffix(".npy"), mmap_mode="r")
    facts = found.facts["grid"]
    bars, grid = from_rows(facts["bars"]), time_grid(facts["steps_per_second"])
    if facts["steps_per_beat"] and len(bars):
        grid = grid_through(bars["step"], bars["seconds"])
    return Source(found.song, found.song, 0, steps_with_notes(roll), grid, bars, reader(roll))


def reader(roll: np.ndarray) -> Callable[[int, int], np.ndarray]:
    """What reads a roll as a `Source` does: its first two planes, as bool."""
    return lambda first, end: roll[first:end, :, : len(PLANES)] > 0


def cut(source: Source, seconds: float, most: int) -> Iterator[Piece]:
    """At most so many pieces of a source, evenly chosen.

    A source that is shorter than a piece, but no less than half as long, is one piece.
    """
    for first, end in evenly(_places(source, seconds), most):
        length = source.grid.seconds(end) - source.grid.seconds(first)
        bars = shift_bars(_touched(source.bars, first, end), first)
        yield Piece(source.song, source.read(first, end), (end - first) / length, bars)


def evenly(items: Sequence, most: int) -> list:
    """At most so many of the items, from all over and in their order."""
    count = min(len(items), most)
    return [items[(2 * i + 1) * len(items) // (2 * count)] for i in range(count)]


def _places(source: Source, seconds: float) -> list[tuple[int, int]]:
    """First step and end of one piece after another, as many as there is time for. One begins up to
    a bar before the other ends, as it begins with a bar."""
    grid, lines = source.grid, np.rint(source.bars["step"]).astype(np.int64)
    first = int(next(iter(lines[lines >= source.first]), source.first))
    begin, end = grid.seconds(first), grid.seconds(source.end)
    count = int((end - begin) / seconds + LACKING)
    if not count:
        return [(first, source.end)] if end - begin >= LEAST * seconds else []
    result = []
    for number in range(count):
        step = round(grid.steps(begin + number * seconds))
        step = max(first, int(max(lines[lines <= step], default=step)))
        result.append((step, min(source.end, round(grid.steps(grid.seconds(step) + seconds)))))
    return result


def _touched(bars: np.ndarray, first: int, end: int) -> np.ndarray:
    """The rows of the bars that share time with steps [first, end), and of the line after."""
    lines = bars["step"]
    begin = max(0, np.searchsorted(lines, first, "right") - 1)
    touched = bars[begin : np.searchsorted(lines, end) + 1]
    return touched if len(touched) > 1 else bars[:0]
