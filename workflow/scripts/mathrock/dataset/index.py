"""Packed songs -> the packed sequences: what each song is for, and what is usual of them.

See `sequences` for what they are read by, `shardfiles` for the files.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from mathrock.dataset.sequences import SPLITS, Sequences, Span
from mathrock.dataset.shard_files import write_songs
from mathrock.files.json_files import write_json
from mathrock.pianoroll.attributes import ATTRIBUTES
from mathrock.pianoroll.metrical_position import IN_BARS
from mathrock.pianoroll.planes import ONSET, PITCHES, PLANES
from mathrock.songs.genres import blendable

MEASURED = 10_000  # windows at most whose attributes say what is usual
LEAST_DEVIATION = 1e-3  # of an attribute over windows, for a take to ask for more or less of it


class TooLittleMusic(ValueError):
    """There is too little to learn from; the message says what there is and what is needed."""


def split_of(song: str, valid: float, test: float, seed: int) -> str:
    """train, valid or test, by a hash of the song's id: no other song ever moves it."""
    digest = hashlib.sha256(f"{seed}/{song}".encode()).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    return "valid" if place < valid else "test" if place < valid + test else "train"


def pack(
    rolls: Mapping[str, tuple[str | Path, str]],
    folder: str | Path,
    steps_per_second: float,
    *args,
    planes: tuple[str, ...] = PLANES,
    grids: Mapping[str, dict] | None = None,
    **knobs,
) -> dict:
    """Pack songs {id: (path of its packed .npz or its roll's .npy, genre)} into a folder of one
    shard; see `write_index` for what else is said and raised.

    Args:
        planes: what a step tells of each pitch: `PLANES`, or the first of them alone.
        grids: {song: its grid}, as `rollgrid` describes it.
        steps_per_second: of songs whose grid is not given.

    Raises:
        EmptySong: a song has no steps.
    """
    paths = {song: path for song, (path, _) in rolls.items()}
    songs = write_songs(folder, paths, grids or {}, steps_per_second, len(planes))
    genres = {song: genre for song, (_, genre) in rolls.items()}
    placed = {song: {"genre": genres[song], "shard": ""} | facts for song, facts in songs.items()}
    return write_index(folder, placed, steps_per_second, *args, planes=planes, **knobs)


def write_index(
    folder: str | Path,
    songs: Mapping[str, dict],
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
) -> dict:
    """Write the index of the songs whose shards lie in `folder`.

    Where no song falls to validation, the ends of the training songs stand in for it, as long a
    share of each as `valid`; the songs themselves stay where they are.

    Args:
        songs: by id, in the order in which their steps are to be numbered, what
            `shardfiles.write_songs` returned, "genre", and "shard", the folder below `folder`.
        steps_per_second: what the seconds of windows become steps by, as windows are equally many
            steps on whatever grid.
        window_seconds, hop_seconds: how long windows are and how far apart.
        history_seconds: how much of a song before a window a crop hears at most.
        valid, test: shares of the songs.
        cycles: lengths in steps of what recurs in the grid. Without them, but with songs whose bars
            are known, the cycles are those bars and their beats, see `places`.
        splits: {song: "train", "valid" or "test"} where that is given, not drawn.

    Returns:
        A summary: songs, hours and windows of each split.

    Raises:
        TooLittleMusic: no training song, or less than `least_seconds` of training music.
    """
    spans, at = [], 0
    for song, facts in songs.items():
        first, end = facts["steps"]
        split = splits[song] if splits else split_of(song, valid, test, seed)
        spans.append(Span(song, facts["genre"], split, at, end - first, song_first=at))
        at += end - first
    _check_enough(spans, songs, least_seconds)
    if not any(span.split == "valid" for span in spans):
        spans = [part for span in spans for part in _with_held_out_end(span, valid)]
    has_bars = any(first < end for first, end in (facts["bars"] for facts in songs.values()))
    index = {
        "steps_per_second": steps_per_second,
        "pitches": PITCHES,
        "planes": planes,
        "cycles": cycles or (IN_BARS if has_bars else ()),
        "window_steps": max(1, round(window_seconds * steps_per_second)),
        "hop_steps": max(1, round(hop_seconds * steps_per_second)),
        "history_steps": round(history_seconds * steps_per_second),
        "songs": songs,
        "spans": [asdict(span) for span in spans],
        "genres": {},
        "attributes": {},
    }
    packed = Sequences(folder, index)
    index["genres"], index["attributes"] = _densities(packed), _usual(packed)
    write_json(Path(folder, "index.json"), index)
    return Sequences(folder).summary()


def _densities(packed: Sequences) -> dict[str, float]:
    """Notes a second of each genre of training songs, by name, if there are several."""
    spans = packed.split("train")
    result = {}
    for genre in blendable(span.genre for span in spans):
        those = [span for span in spans if span.genre == genre]
        seconds = sum(span.steps / packed.rate(span.song) for span in those)
        result[genre] = round(sum(map(packed.notes, those)) / seconds, 4)
    return result


def _usual(packed: Sequences) -> dict[str, tuple[float, float]]:
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


def _check_enough(spans: list[Span], songs: Mapping[str, dict], least_seconds: float) -> None:
    seconds = sum(
        span.steps / songs[span.song]["steps_per_second"] for span in spans if span.split == "train"
    )
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
