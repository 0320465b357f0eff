"""All songs' piano rolls, packed once, and the windows that training cuts from them.

The artifact is a folder: `steps.npy` holds the rolls one after another, each step's 256 bits as 32
bytes, so that it can be memory-mapped; `index.json` says which song lies where and what it is for.
Windows are places, not copies: however many there are, they cost no memory.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from mathrock.atomic import replacing
from mathrock.planes import PITCHES, PLANES
from mathrock.provenance import read_json, write_json

BYTES_PER_STEP = PITCHES * len(PLANES) // 8
SPLITS = ("train", "valid", "test")


class TooLittleMusic(ValueError):
    """There is too little to learn from; the message says what there is and what is needed."""


@dataclass(frozen=True)
class Span:
    """Steps [first, first + steps) of `steps.npy`: a song, or the part of it that `split` uses."""

    song: str
    genre: str
    split: str
    first: int
    steps: int


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
    valid: float = 0.15,
    test: float = 0.1,
    seed: int = 0,
    least_seconds: float = 20.0,
) -> dict:
    """Pack rolls {song: (path of its .npy, genre)} into `folder`, one song in memory at a time.

    Where no song falls to validation, the ends of the training songs stand in for it, as long a
    share of each as `valid`; the songs themselves stay where they are.

    Returns:
        A summary: songs, hours and windows of each split.

    Raises:
        TooLittleMusic: no training song, or less than `least_seconds` of training music.
    """
    spans, first = [], 0
    for song, (path, genre) in rolls.items():
        steps = len(np.load(path, mmap_mode="r"))
        spans.append(Span(song, genre, split_of(song, valid, test, seed), first, steps))
        first += steps
    _check_enough(spans, steps_per_second, least_seconds)
    if not any(span.split == "valid" for span in spans):
        spans = [part for span in spans for part in _with_held_out_end(span, valid)]
    folder = Path(folder)
    with replacing(folder / "steps.npy") as temporary:
        shape = (first, BYTES_PER_STEP)
        packed = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
        at = 0
        for path, _ in rolls.values():
            roll = np.load(path)
            packed[at : at + len(roll)] = np.packbits(roll.reshape(len(roll), -1), axis=1)
            at += len(roll)
        packed.flush()
    index = {
        "steps_per_second": steps_per_second,
        "pitches": PITCHES,
        "planes": PLANES,
        "window_steps": max(1, round(window_seconds * steps_per_second)),
        "hop_steps": max(1, round(hop_seconds * steps_per_second)),
        "spans": [asdict(span) for span in spans],
    }
    write_json(folder / "index.json", index)
    return Sequences(folder).summary()


def _check_enough(spans: list[Span], steps_per_second: float, least_seconds: float) -> None:
    seconds = sum(span.steps for span in spans if span.split == "train") / steps_per_second
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
    yield Span(span.song, span.genre, span.split, span.first, kept)
    if held:
        yield Span(span.song, span.genre, "valid", span.first + kept, held)


class Sequences:
    """Packed rolls, read through a memory map."""

    def __init__(self, folder: str | Path):
        index = read_json(Path(folder) / "index.json")
        self.steps_per_second = index["steps_per_second"]
        self.window_steps = index["window_steps"]
        self.hop_steps = index["hop_steps"]
        self.spans = [Span(**span) for span in index["spans"]]
        self._packed = np.load(Path(folder) / "steps.npy", mmap_mode="r")

    def read(self, first: int, steps: int) -> np.ndarray:
        """Steps [first, first + steps) as a bool array (steps, 128, 2)."""
        bits = np.unpackbits(self._packed[first : first + steps], axis=1)
        return bits.reshape(-1, PITCHES, len(PLANES)).view(np.bool_)

    def song(self, song: str) -> np.ndarray:
        """A whole song as a bool array (steps, 128, 2)."""
        parts = [span for span in self.spans if span.song == song]
        first = min(span.first for span in parts)
        return self.read(first, sum(span.steps for span in parts))

    def split(self, split: str) -> list[Span]:
        """The spans of train, valid or test."""
        return [span for span in self.spans if span.split == split]

    def windows(self, split: str) -> np.ndarray:
        """(first step, steps) of each window, int64 (windows, 2).

        Windows are a hop apart and never cross a span's end; a song shorter than a window is one
        shorter window, and the last window of a song ends with it.
        """
        places = []
        for span in self.split(split):
            last = span.first + max(0, span.steps - self.window_steps)
            starts = np.append(np.arange(span.first, last, self.hop_steps), last)
            length = min(self.window_steps, span.steps)
            if length:
                places.append(np.column_stack([starts, np.full(len(starts), length)]))
        return np.concatenate(places) if places else np.zeros((0, 2), np.int64)

    def summary(self) -> dict:
        """Songs, hours and windows of each split."""
        result = {}
        for split in SPLITS:
            spans = self.split(split)
            hours = sum(span.steps for span in spans) / self.steps_per_second / 3600
            windows = len(self.windows(split))
            result[split] = {"songs": len(spans), "hours": round(hours, 4), "windows": windows}
        return result
