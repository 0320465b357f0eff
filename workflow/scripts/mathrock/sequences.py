"""All songs' piano rolls, packed once, and the windows that training cuts from them.

The artifact is a folder: `steps.npy` holds the rolls one after another, each step's bits as bytes
(32 of them with two planes), so that it can be memory-mapped; `echoes.npy` says what each step
echoes, see `echoes`; `bars.npy` holds the songs' bars likewise, see `bars`; `velocities.npy` and
`drums.npy` say how it is played, see `playing`, and are opened only where that is asked;
`index.json` says which song lies where, on which grid, and what it is for; also which genres there
are and what is usual of each attribute, see `attributes`. Windows are places, not copies: however
many there are, they cost no memory.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from mathrock.atomic import replacing
from mathrock.attributes import ATTRIBUTES, attributes_of, scores
from mathrock.bars import BAR, from_rows
from mathrock.echoes import FOUND, find_echoes
from mathrock.genres import blendable
from mathrock.grid import Grid, grid_through, time_grid
from mathrock.places import IN_BARS, find_places
from mathrock.planes import DRUM, ONSET, PITCHES, PLANES, ROLL_PLANES
from mathrock.playing import (
    drum_plane,
    hits_of,
    steps_with_notes,
    velocities_of,
    velocity_plane,
)
from mathrock.provenance import read_json, write_json

MEASURED = 10_000  # windows at most whose attributes say what is usual
SPLITS = ("train", "valid", "test")
LEAST_DEVIATION = 1e-3  # of an attribute over windows, for a take to ask for more or less of it


class TooLittleMusic(ValueError):
    """There is too little to learn from; the message says what there is and what is needed."""


class EmptySong(ValueError):
    """A song has no steps; the message names it."""


@dataclass(frozen=True)
class Span:
    """Steps [first, first + steps) of `steps.npy`: a song, or the part of it that `split` uses.

    `song_first` is the song's own first step: what lies before `first` is the span's history.
    """

    song: str
    genre: str
    split: str
    first: int
    steps: int
    song_first: int


def split_of(song: str, valid: float, test: float, seed: int) -> str:
    """train, valid or test, by a hash of the song's id: no other song ever moves it."""
    digest = hashlib.sha256(f"{seed}/{song}".encode()).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    return "valid" if place < valid else "test" if place < valid + test else "train"


def pack(
    rolls: dict[str, tuple[str | Path, str]],
    folder: str | Path,
    steps_per_second: float,
    window_seconds: float = 8.0,
    hop_seconds: float = 4.0,
    history_seconds: float = 0.0,
    valid: float = 0.15,
    test: float = 0.1,
    seed: int = 0,
    least_seconds: float = 20.0,
    planes: tuple[str, ...] = PLANES,
    cycles: tuple[int, ...] = (),
    splits: Mapping[str, str] | None = None,
    grids: Mapping[str, dict] | None = None,
) -> dict:
    """Pack rolls {song: (path of its .npy, genre)} into `folder`, one song in memory at a time.

    A roll is (steps, 128, 4), see `pianoroll`, or has `planes` alone. Where drums play on alone
    after a song's last note, that is left out.

    Where no song falls to validation, the ends of the training songs stand in for it, as long a
    share of each as `valid`; the songs themselves stay where they are.

    Args:
        steps_per_second: of songs whose grid is not given, and what the seconds of windows become
            steps by, as windows are equally many steps on whatever grid.
        window_seconds, hop_seconds: how long windows are and how far apart, see `windows`.
        history_seconds: how much of a song before a window a crop hears at most.
        valid, test: shares of the songs.
        planes: what a step tells of each pitch: `PLANES`, or the first of them alone.
        cycles: lengths in steps of what recurs in the grid. Without them, but with songs whose bars
            are known, the cycles are those bars and their beats, see `places`.
        splits: {song: "train", "valid" or "test"} where that is given, not drawn.
        grids: {song: its grid}, as `rollgrid` describes it.

    Returns:
        A summary: songs, hours and windows of each split.

    Raises:
        TooLittleMusic: no training song, or less than `least_seconds` of training music.
        EmptySong: a song has no steps.
    """
    spans, first = [], 0
    for song, (path, genre) in rolls.items():
        steps = _count_steps(np.load(path, mmap_mode="r"))
        if not steps:
            raise EmptySong(f"{song}: its roll, {path}, has no steps; leave the song out")
        split = splits[song] if splits else split_of(song, valid, test, seed)
        spans.append(Span(song, genre, split, first, steps, song_first=first))
        first += steps
    grids = {song: (grids or {}).get(song, {}) for song in rolls}
    rates = {song: grid.get("steps_per_second", steps_per_second) for song, grid in grids.items()}
    _check_enough(spans, rates, least_seconds)
    if not any(span.split == "valid" for span in spans):
        spans = [part for span in spans for part in _with_held_out_end(span, valid)]
    folder = Path(folder)
    velocity_first = _write_songs(folder, rolls, first, len(planes))
    bars = [from_rows(grid.get("bars", [])) for grid in grids.values()]
    lines = np.cumsum([0, *map(len, bars)]).tolist()
    with replacing(folder / "bars.npy") as temporary:
        np.save(temporary, np.concatenate([np.zeros(0, BAR), *bars]))
    index = {
        "steps_per_second": steps_per_second,
        "pitches": PITCHES,
        "planes": planes,
        "cycles": cycles or (IN_BARS if lines[-1] else ()),
        "window_steps": max(1, round(window_seconds * steps_per_second)),
        "hop_steps": max(1, round(hop_seconds * steps_per_second)),
        "history_steps": round(history_seconds * steps_per_second),
        "songs": {
            song: {
                "steps_per_second": rates[song],
                "steps_per_beat": grids[song].get("steps_per_beat"),
                "bars": lines[number : number + 2],
            }
            for number, song in enumerate(rolls)
        },
        "spans": [asdict(span) for span in spans],
        "velocity_first": velocity_first,
        "genres": {},
        "attributes": {},
    }
    packed = Sequences(folder, index)
    index["genres"], index["attributes"] = _densities(packed), _usual(packed)
    write_json(folder / "index.json", index)
    return Sequences(folder).summary()


def _count_steps(roll: np.ndarray) -> int:
    """Steps to the end of the last note: drums alone would teach a model silence."""
    return steps_with_notes(roll) if roll.shape[-1] > DRUM else len(roll)


def _write_songs(folder: Path, rolls: dict, steps: int, planes: int) -> dict[str, int]:
    """Write all but the index, song by song; the place of each song's first velocity."""
    velocities, hits, velocity_first, notes = [], [], {}, 0
    with replacing(folder / "steps.npy") as bits, replacing(folder / "echoes.npy") as places:
        shape = (steps, PITCHES * planes // 8)
        packed = np.lib.format.open_memmap(bits, mode="w+", dtype=np.uint8, shape=shape)
        echoes = np.lib.format.open_memmap(places, mode="w+", dtype=FOUND, shape=(steps,))
        at = 0
        for song, (path, _) in rolls.items():
            roll = np.load(path)
            if roll.shape[1:] not in {(PITCHES, planes), (PITCHES, len(ROLL_PLANES))}:
                raise ValueError(
                    f"{path}: a roll is (steps, {PITCHES}, {planes}), not {roll.shape}"
                )
            roll = roll[: _count_steps(roll)]
            seen = roll[:, :, :planes] > 0
            packed[at : at + len(roll)] = np.packbits(seen.reshape(len(roll), -1), axis=1)
            echoes[at : at + len(roll)] = find_echoes(seen)
            velocity_first[song] = notes
            velocities.append(velocities_of(roll, _struck(seen)))
            hits.append(hits_of(roll, at))
            notes += len(velocities[-1])
            at += len(roll)
        packed.flush()
        echoes.flush()
    for name, played in {"velocities.npy": velocities, "drums.npy": hits}.items():
        with replacing(folder / name) as temporary:
            np.save(temporary, np.concatenate(played))
    return velocity_first


def _struck(seen: np.ndarray) -> np.ndarray:
    """Where the onsets are, bool (steps, 128): nowhere in songs that are packed without them."""
    return seen[:, :, ONSET:].any(axis=2)


def _densities(packed: "Sequences") -> dict[str, float]:
    """Notes a second of each genre of training songs, by name, if there are several."""
    spans = packed.split("train")
    result = {}
    for genre in blendable(span.genre for span in spans):
        notes, seconds = 0, 0.0
        for span in (span for span in spans if span.genre == genre):
            notes += int(_struck(packed.read(span.first, span.steps)).sum())
            seconds += span.steps / packed.rate(span.song)
        result[genre] = round(notes / seconds, 4)
    return result


def _usual(packed: "Sequences") -> dict[str, tuple[float, float]]:
    """Mean and standard deviation over training windows of each attribute; 0 where none tells it.

    Of many songs not all windows are looked at, but as many from all over.

    A single plane, which says nothing of onsets, has no attributes.
    """
    if packed.planes <= ONSET:
        return {}
    windows = packed.windows("train")
    some = windows[:: -(-len(windows) // MEASURED) or 1]
    found = np.array([packed.attributes_at(*window) for window in some.tolist()])
    result = {}
    for name, values in zip(ATTRIBUTES, found.T.astype(np.float64), strict=True):
        told = values[~np.isnan(values)]
        differs = told.size > 0 and told.std() >= LEAST_DEVIATION
        mean, deviation = told.mean() if told.size else 0.0, told.std() if differs else 0.0
        result[name] = round(float(mean), 4), round(float(deviation), 4)
    return result


def _check_enough(spans: list[Span], rates: dict[str, float], least_seconds: float) -> None:
    seconds = sum(span.steps / rates[span.song] for span in spans if span.split == "train")
    if seconds >= least_seconds and seconds > 0:
        return
    splits = [span.split for span in spans]
    counts = ", ".join(f"{splits.count(split)} for {split}" for split in SPLITS)
    raise TooLittleMusic(
        f"too little to learn from: {seconds:.1f} s of training music, at least one song and"
        f" {least_seconds:g} s are needed. Usable songs: {len(spans)} ({counts}; a song's id"
        " decides, see sequences.seed in config.yaml). results/songs.tsv says what became of"
        " each song; add songs to the folder"
    )


def _with_held_out_end(span: Span, share: float) -> Iterator[Span]:
    held = 0
    if span.split == "train" and span.steps > 1:  # neither side may be left without a step
        held = min(max(1, round(span.steps * share)), span.steps - 1)
    kept = span.steps - held
    yield replace(span, steps=kept)
    if held:
        yield replace(span, split="valid", first=span.first + kept, steps=held)


class Sequences:
    """Packed rolls, read through a memory map.

    Attributes:
        planes: how many planes a step has, 1 or 2.
        cycles: what recurs, see `places`: lengths in steps, or the songs' bars and beats.
        window_steps, hop_steps, history_steps: see `pack`.
        spans: in the order in which they lie there.
        genres: of training songs, sorted; none where there are fewer than two.
        densities: notes a second of each genre's training songs.
        attributes: mean and standard deviation over training windows by name; a deviation of 0: the
            windows don't differ, or don't tell.
        styles: how many numbers tell a style, see `style`.
    """

    def __init__(self, folder: str | Path, index: dict | None = None):
        """Open what `pack` wrote; it gives the index while that is not written yet."""
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
        self._songs = index["songs"]
        self._bars = np.load(Path(folder) / "bars.npy", mmap_mode="r")
        self._folder = Path(folder)
        self._velocity_first = index["velocity_first"]
        self._packed = np.load(Path(folder) / "steps.npy", mmap_mode="r")
        self._echoes = np.load(Path(folder) / "echoes.npy", mmap_mode="r")

    def read(self, first: int, steps: int) -> np.ndarray:
        """Steps [first, first + steps) as a bool array (steps, 128, planes)."""
        return self._unpacked(self._packed[first : first + steps])

    def read_at(self, places: np.ndarray) -> np.ndarray:
        """The steps at `places`, int (n,), as a bool array (n, 128, planes)."""
        return self._unpacked(self._packed[places])

    def _unpacked(self, packed: np.ndarray) -> np.ndarray:
        return np.unpackbits(packed, axis=1).reshape(-1, PITCHES, self.planes).view(np.bool_)

    def found(self, first: int, steps: int) -> np.ndarray:
        """What steps [first, first + steps) echo, see `echoes`: places are the song's own."""
        return self._echoes[first : first + steps]

    def velocities(self, first: int, steps: int) -> np.ndarray:
        """The velocities of the onsets in steps [first, first + steps), which are of one song.

        Returns:
            uint8 (steps, 128): 1-127 at an onset, 0 elsewhere and where the song's roll told none.
        """
        span = self.span_at(first)
        before = _struck(self.read(span.song_first, first - span.song_first)).sum()
        struck = _struck(self.read(first, steps))
        place = self._velocity_first[span.song] + before
        return velocity_plane(self._velocities[place : place + struck.sum()], struck)

    def drums(self, first: int, steps: int) -> np.ndarray:
        """The drum hits in steps [first, first + steps): uint8 (steps, 128), velocities by key."""
        return drum_plane(self._drums, first, steps)

    @cached_property
    def _velocities(self) -> np.ndarray:
        return np.load(self._folder / "velocities.npy", mmap_mode="r")

    @cached_property
    def _drums(self) -> np.ndarray:
        return np.load(self._folder / "drums.npy", mmap_mode="r")

    def song(self, song: str) -> np.ndarray:
        """A whole song as a bool array (steps, 128, planes)."""
        steps = sum(span.steps for span in self.spans if span.song == song)
        return self.read(self.song_first(song), steps)

    def song_first(self, song: str) -> int:
        """A song's first step."""
        return next(span.song_first for span in self.spans if span.song == song)

    def rate(self, song: str) -> float:
        """Steps a second of a song: on a grid of beats the mean."""
        return self._songs[song]["steps_per_second"]

    def steps_per_beat(self, song: str) -> float | None:
        """Steps a quarter note of a song on a grid of beats; None on a grid of seconds."""
        return self._songs[song]["steps_per_beat"]

    def bars(self, song: str) -> np.ndarray:
        """A song's bars, see `bars`, in steps from its own first; no rows where not known."""
        return self._bars[slice(*self._songs[song]["bars"])]

    def grid(self, song: str) -> Grid:
        """Where a song's steps lie in time; on a grid of beats a bar's tempo is even."""
        if self.steps_per_beat(song) is None:
            return time_grid(self.rate(song))
        bars = self.bars(song)
        return grid_through(bars["step"], bars["seconds"])

    def places(self, song: str, first: int, steps: int) -> np.ndarray:
        """Where steps [first, first + steps) of a song are in the cycles, see `places`.

        Float32 (steps, 2*cycles); `first` is counted from the song's first step.
        """
        return find_places(self.cycles, self.bars(song), first, steps)

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
            told[len(self.genres) :] = scores(attributes, self.attributes)
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
