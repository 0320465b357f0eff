"""Read the packed songs: the piano rolls that models learn from, and what is known of each song.

The artifact is a folder: the songs lie one after another in the files of one shard, or of several
in folders of their own, see `shard_files`; `index.json` says which song lies where, on which grid,
and which split it belongs to, see `index`. Rows are read when a method asks for them.

Steps are numbered through all songs in the order of the index, whatever shards they lie in, so that
a training does not depend on how the songs are divided into shards.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mathrock.files.json_files import read_json
from mathrock.files.npy_rows import NpyRows
from mathrock.pianoroll.metrical_position import metrical_positions
from mathrock.pianoroll.onsets import onsets_of
from mathrock.pianoroll.planes import PITCHES, PLANES

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Span:
    """Steps [first, first + steps): a song, or the part of it that `split` uses.

    `song_first` is the song's own first step: what lies before `first` is the span's history.
    """

    song: str
    genre: str
    split: str
    first: int
    steps: int
    song_first: int


class Sequences:
    """Packed songs, read by the number of a step.

    Attributes:
        planes: how many planes a step has.
        cycles: what recurs in the metre, see `metrical_position`: the songs' bars and their parts;
            empty where no bars are known.
        window_steps, hop_steps, history_steps: the lengths of training windows, see `windows`.
        spans: in the order in which they lie in the files.
        songs: facts by song, see `shard_files.write_songs`.
        genres: of training songs, sorted; none where there are fewer than two.
        densities: notes a second of each genre's training songs.
        attributes: mean and standard deviation over training windows by name; a deviation of 0: the
            attribute does not differ between windows, or no window has it.
    """

    planes = len(PLANES)

    def __init__(self, folder: str | Path, index: dict | None = None):
        """Open what `index` wrote; it gives the index while that is not written yet."""
        index = read_json(Path(folder) / "index.json") if index is None else index
        self.cycles = tuple(index["cycles"])
        self.window_steps = index["window_steps"]
        self.hop_steps = index["hop_steps"]
        self.history_steps = index["history_steps"]
        self.genres = tuple(index["genres"])
        self.densities = index["genres"]
        self.attributes = {name: tuple(values) for name, values in index["attributes"].items()}
        self.spans = [Span(**span) for span in index["spans"]]
        self.songs = index["songs"]
        self._folder = Path(folder)
        self._files = {}

    def split(self, split: str) -> list[Span]:
        """List the spans of train, valid or test."""
        return [span for span in self.spans if span.split == split]

    def span_at(self, step: int) -> Span:
        """Find the span that a step belongs to."""
        return self.spans[bisect_right(self.spans, step, key=lambda span: span.first) - 1]

    def song_first(self, song: str) -> int:
        """Find a song's first step."""
        return self._firsts[song]

    @cached_property
    def _firsts(self) -> dict[str, int]:
        return {span.song: span.song_first for span in self.spans}

    def read(self, first: int, steps: int) -> np.ndarray:
        """Read steps [first, first + steps), of one song: bool (steps, 128, planes)."""
        return _unpack(self._rows("steps.npy", first, steps))

    def read_at(self, places: np.ndarray) -> np.ndarray:
        """Read the steps at `places`, int (n,), of one song: bool (n, 128, planes)."""
        first, last = (int(places.min()), int(places.max())) if places.size else (0, -1)
        return _unpack(self._rows("steps.npy", first, last + 1 - first)[places - first])

    def song(self, song: str) -> np.ndarray:
        """Read a whole song: bool (steps, 128, planes)."""
        first, end = self.songs[song]["steps"]
        return self.read(self.song_first(song), end - first)

    def echoes(self, first: int, steps: int) -> np.ndarray:
        """Read the matches of steps [first, first + steps), of one song, as `MATCH` (steps,).

        See `pianoroll/match_model`; the steps of matches are counted from the song's first.
        """
        return self._rows("echoes.npy", first, steps)

    def bars(self, song: str) -> np.ndarray:
        """Read a song's bars, `BAR` (bars,), in steps from its first; no rows where not known."""
        return self.file(song, "bars.npy")[slice(*self.songs[song]["bars"])]

    def places(self, song: str, first: int, steps: int) -> np.ndarray:
        """Compute the metrical position of steps [first, first + steps) of a song.

        Float32 (steps, 2*cycles), see `metrical_position`; `first` is counted from the song's
        first step.
        """
        return metrical_positions(self.cycles, self.bars(song), first, steps)

    def rate(self, song: str) -> float:
        """Look up a song's steps a second: on a grid of beats the mean."""
        return self.songs[song]["steps_per_second"]

    def steps_per_beat(self, song: str) -> float | None:
        """Look up the steps a quarter note of a song on a grid of beats; None on one of seconds."""
        return self.songs[song]["steps_per_beat"]

    def count_notes(self, span: Span) -> int:
        """Count the onsets of a span."""
        first, end = self.songs[span.song]["steps"]
        if span.steps == end - first:
            first, end = self.songs[span.song]["notes"]
            return end - first
        return int(onsets_of(self.read(span.first, span.steps)).sum())

    def place(self, step: int) -> tuple[str, int]:
        """Find the song that a step belongs to, and the step's row in the song's shard."""
        span = self.span_at(step)
        return span.song, self.songs[span.song]["steps"][0] + step - span.song_first

    def file(self, song: str, name: str) -> NpyRows:
        """Open a file of the song's shard, once."""
        path = self._folder / self.songs[song]["shard"] / name
        if path not in self._files:
            self._files[path] = NpyRows(path)
        return self._files[path]

    def _rows(self, name: str, first: int, steps: int) -> np.ndarray:
        song, row = self.place(first)
        return self.file(song, name)[row : row + steps]


def _unpack(packed: np.ndarray) -> np.ndarray:
    """Unpack bits, uint8 (steps, bytes), into bool (steps, 128, planes)."""
    return np.unpackbits(packed, axis=1).reshape(-1, PITCHES, len(PLANES)).view(np.bool_)
