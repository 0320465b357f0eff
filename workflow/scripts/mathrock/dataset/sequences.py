"""All songs' piano rolls, packed once, and the windows that training cuts from them.

The artifact is a folder: the songs lie one after another in the files of one shard, or of several
in folders of their own, see `shardfiles`; `index.json` says which song lies where, on which grid,
and what it is for; also which genres there are and what is usual of each attribute, see `packing`.
Rows are read when they are asked for. Windows are places, not copies: however many there are, they
cost no memory.

Steps are numbered through all songs in the order of the index, whatever shards they lie in, so that
a training does not depend on how songs are shared out.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mathrock.files.json_files import read_json
from mathrock.files.npy_rows import NpyRows
from mathrock.pianoroll.attributes import attributes_of, standard_scores
from mathrock.pianoroll.metrical_position import IN_BARS, metrical_positions
from mathrock.pianoroll.onsets import onsets_of
from mathrock.pianoroll.planes import PITCHES

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
    """Packed rolls.

    Attributes:
        planes: how many planes a step has, 1 or 2.
        cycles: what recurs, see `places`: lengths in steps, or the songs' bars and beats.
        window_steps, hop_steps, history_steps: see `packing.write_index`.
        spans: in the order in which they lie there.
        genres: of training songs, sorted; none where there are fewer than two.
        densities: notes a second of each genre's training songs.
        attributes: mean and standard deviation over training windows by name; a deviation of 0: the
            windows don't differ, or don't tell.
        styles: how many numbers tell a style, see `style`.
    """

    def __init__(self, folder: str | Path, index: dict | None = None):
        """Open what `packing` wrote; it gives the index while that is not written yet."""
        index = read_json(Path(folder) / "index.json") if index is None else index
        self.planes = len(index["planes"])
        self.cycles = tuple(index["cycles"])
        self.window_steps = index["window_steps"]
        self.hop_steps = index["hop_steps"]
        self.history_steps = index["history_steps"]
        self.genres = tuple(index["genres"])
        self.densities = index["genres"]
        self.attributes = {name: tuple(usual) for name, usual in index["attributes"].items()}
        self.styles = len(self.genres) + len(self.attributes)
        self.spans = [Span(**span) for span in index["spans"]]
        self.songs = index["songs"]
        self._folder = Path(folder)
        self._files = {}

    def read(self, first: int, steps: int) -> np.ndarray:
        """Steps [first, first + steps), of one song, as a bool array (steps, 128, planes)."""
        return self._unpacked(self._rows("steps.npy", first, steps))

    def read_at(self, places: np.ndarray) -> np.ndarray:
        """The steps at `places`, int (n,), of one song, as a bool array (n, 128, planes)."""
        if not places.size:
            return np.zeros((0, PITCHES, self.planes), np.bool_)
        first, last = int(places.min()), int(places.max())
        return self._unpacked(self._rows("steps.npy", first, last + 1 - first)[places - first])

    def _unpacked(self, packed: np.ndarray) -> np.ndarray:
        return np.unpackbits(packed, axis=1).reshape(-1, PITCHES, self.planes).view(np.bool_)

    def found(self, first: int, steps: int) -> np.ndarray:
        """What steps [first, first + steps), of one song, echo, see `echoes`: its own steps."""
        return self._rows("echoes.npy", first, steps)

    def notes(self, span: Span) -> int:
        """How many onsets a span has."""
        first, end = self.songs[span.song]["steps"]
        if span.steps == end - first:
            first, end = self.songs[span.song]["notes"]
            return end - first
        return int(onsets_of(self.read(span.first, span.steps)).sum())

    def place(self, step: int) -> tuple[str, int]:
        """The song that a step is of, and its row in the files of the song's shard."""
        span = self.span_at(step)
        return span.song, self.songs[span.song]["steps"][0] + step - span.song_first

    def _rows(self, name: str, first: int, steps: int) -> np.ndarray:
        song, place = self.place(first)
        return self.file(song, name)[place : place + steps]

    def file(self, song: str, name: str) -> NpyRows:
        """A file of the song's shard, opened when it is first asked for."""
        path = self._folder / self.songs[song]["shard"] / name
        if path not in self._files:
            self._files[path] = NpyRows(path)
        return self._files[path]

    def song(self, song: str) -> np.ndarray:
        """A whole song as a bool array (steps, 128, planes)."""
        first, end = self.songs[song]["steps"]
        return self.read(self.song_first(song), end - first)

    def song_first(self, song: str) -> int:
        """A song's first step."""
        return self._firsts[song]

    @cached_property
    def _firsts(self) -> dict[str, int]:
        return {span.song: span.song_first for span in self.spans}

    def rate(self, song: str) -> float:
        """Steps a second of a song: on a grid of beats the mean."""
        return self.songs[song]["steps_per_second"]

    def steps_per_beat(self, song: str) -> float | None:
        """Steps a quarter note of a song on a grid of beats; None on a grid of seconds."""
        return self.songs[song]["steps_per_beat"]

    def bars(self, song: str) -> np.ndarray:
        """A song's bars, see `bars`, in steps from its own first; no rows where not known."""
        return self.file(song, "bars.npy")[slice(*self.songs[song]["bars"])]

    def places(self, song: str, first: int, steps: int) -> np.ndarray:
        """Where steps [first, first + steps) of a song are in the cycles, see `places`.

        Float32 (steps, 2*cycles); `first` is counted from the song's first step.
        """
        return metrical_positions(self.cycles, self.bars(song), first, steps)

    def attributes_at(self, first: int, steps: int) -> np.ndarray:
        """The attributes of steps [first, first + steps), of one song: see `attributes_of`."""
        span = self.span_at(first)
        places = self.places(span.song, first - span.song_first, steps)
        return self.attributes_of(self.read(first, steps), span.song, places)

    def attributes_of(self, roll: np.ndarray, song: str, places: np.ndarray) -> np.ndarray:
        """The attributes of a roll on a song's grid whose steps are at `places`."""
        return attributes_of(roll, self.rate(song), places if self.cycles == IN_BARS else None)

    def style(self, genres: Mapping[str, float], attributes: np.ndarray | None = None):
        """What a model is told of a style, float32 (styles,).

        Args:
            genres: by name, how much of each: 1 of the song's own. What is no genre of the training
                songs is told nothing of.
            attributes: what `attributes_of` gave; they are told as standard scores. None: nothing
                is told of them, which is 0, as is what is as usual.
        """
        told = np.zeros(self.styles, np.float32)
        told[: len(self.genres)] = [genres.get(genre, 0.0) for genre in self.genres]
        if attributes is not None:
            told[len(self.genres) :] = standard_scores(attributes, self.attributes)
        return told

    def split(self, split: str) -> list[Span]:
        """The spans of train, valid or test."""
        return [span for span in self.spans if span.split == split]

    def span_at(self, step: int) -> Span:
        """The span that a step belongs to."""
        return self.spans[bisect_right(self.spans, step, key=lambda span: span.first) - 1]

    def windows(self, split: str, phase: int = 0) -> np.ndarray:
        """(first step, steps) of each window, int64 (windows, 2).

        Windows are a hop apart and never cross a span's end; a song shorter than a window is one
        shorter window, and the last window of a song ends with it.

        Args:
            phase: steps, 0 to a hop, by which windows begin earlier where their span has them, so
                that not every epoch cuts a song in the same places.
        """
        places = []
        for span in self.split(split):
            last = span.first + max(0, span.steps - self.window_steps)
            starts = np.arange(span.first - phase, last, self.hop_steps)
            starts = np.unique(np.append(np.maximum(starts, span.first), last))
            length = min(self.window_steps, span.steps)
            places.append(np.column_stack([starts, np.full(len(starts), length)]))
        return np.concatenate(places) if places else np.zeros((0, 2), np.int64)

    def summary(self) -> dict:
        """Songs, hours and windows of each split."""
        result = {}
        for split in SPLITS:
            spans = self.split(split)
            hours = sum(span.steps / self.rate(span.song) for span in spans) / 3600
            windows = len(self.windows(split))
            result[split] = {"songs": len(spans), "hours": round(hours, 4), "windows": windows}
        return result
