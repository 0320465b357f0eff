"""Write the index of the packed songs: each song's split, and statistics of the training songs.

`sequences` reads what is written here; `shard_files` writes the songs themselves.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from mathrock.dataset.conditioning import attributes_at
from mathrock.dataset.sequences import SPLITS, Sequences, Span
from mathrock.dataset.windows import summarize, windows_of
from mathrock.files.json_files import write_json
from mathrock.pianoroll.attributes import ATTRIBUTES
from mathrock.pianoroll.metrical_position import IN_BARS
from mathrock.pianoroll.planes import PITCHES, PLANES
from mathrock.songs.genres import blendable

MEASURED = 10_000  # windows at most whose attributes are measured
LEAST_DEVIATION = 1e-3  # of an attribute over windows, for a take to ask for more or less of it


class TooLittleMusic(ValueError):
    """There is too little to learn from; the message says what there is and what is needed."""


def split_of(song: str, valid: float, test: float, seed: int) -> str:
    """Choose train, valid or test by a hash of the song's id: no other song ever moves it."""
    digest = hashlib.sha256(f"{seed}/{song}".encode()).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    return "valid" if place < valid else "test" if place < valid + test else "train"


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
) -> dict:
    """Choose the songs' splits and write the index of the songs whose shards lie in `folder`.

    Args:
        songs: by id, in the order in which their steps are to be numbered, what
            `shard_files.write_songs` returned, "genre", and "shard", the folder below `folder`.
        steps_per_second: converts the seconds of windows into steps: windows have equally many
            steps on whatever grid.
        window_seconds, hop_seconds: how long windows are and how far apart.
        history_seconds: how much of a song before a window a crop contains at most.
        valid, test: shares of the songs.
        seed: of the hash that chooses the splits.

    Returns:
        A summary: songs, hours and windows of each split.

    Raises:
        TooLittleMusic: no training song, or less than `least_seconds` of training music.
    """
    splits = {song: split_of(song, valid, test, seed) for song in songs}
    lengths = window_lengths(steps_per_second, window_seconds, hop_seconds, history_seconds)
    return write_split_index(folder, songs, splits, steps_per_second, lengths, valid, least_seconds)


def window_lengths(
    steps_per_second: float, window_seconds: float, hop_seconds: float, history_seconds: float
) -> dict[str, int]:
    """Convert the lengths of windows, hops and histories into steps, by name in the index."""
    return {
        "window_steps": max(1, round(window_seconds * steps_per_second)),
        "hop_steps": max(1, round(hop_seconds * steps_per_second)),
        "history_steps": round(history_seconds * steps_per_second),
    }


def write_split_index(
    folder: str | Path,
    songs: Mapping[str, dict],
    splits: Mapping[str, str],
    steps_per_second: float,
    lengths: Mapping[str, int],
    valid: float,
    least_seconds: float,
) -> dict:
    """Write the index of songs whose splits are chosen already; see `write_index`.

    Where no song falls to validation, the ends of the training songs stand in for it, as long a
    share of each as `valid`; the songs themselves stay where they are.

    Args:
        splits: "train", "valid" or "test" by song.
        lengths: what `window_lengths` returned.
    """
    spans, at = [], 0
    for song, facts in songs.items():
        first, end = facts["steps"]
        spans.append(Span(song, facts["genre"], splits[song], at, end - first, song_first=at))
        at += end - first
    _check_enough(spans, songs, least_seconds)
    if not any(span.split == "valid" for span in spans):
        spans = [part for span in spans for part in _with_held_out_end(span, valid)]
    has_bars = any(first < end for first, end in (facts["bars"] for facts in songs.values()))
    index = {
        "steps_per_second": steps_per_second,
        "pitches": PITCHES,
        "planes": PLANES,
        "cycles": IN_BARS if has_bars else (),
        **lengths,
        "songs": songs,
        "spans": [asdict(span) for span in spans],
        "genres": {},
        "attributes": {},
    }
    packed = Sequences(folder, index)
    index["genres"], index["attributes"] = _densities(packed), _standardisation(packed)
    write_json(Path(folder, "index.json"), index)
    return summarize(Sequences(folder))


def _densities(packed: Sequences) -> dict[str, float]:
    """Count the notes a second of each genre of training songs, by name, if there are several."""
    spans = packed.split("train")
    result = {}
    for genre in blendable(span.genre for span in spans):
        of_genre = [span for span in spans if span.genre == genre]
        seconds = sum(span.steps / packed.rate(span.song) for span in of_genre)
        result[genre] = round(sum(map(packed.count_notes, of_genre)) / seconds, 4)
    return result


def _standardisation(packed: Sequences) -> dict[str, tuple[float, float]]:
    """Compute each attribute's mean and standard deviation over training windows.

    Both are 0 where no window has the attribute. Of many windows `MEASURED` at most are measured,
    evenly chosen.
    """
    windows = windows_of(packed, "train")
    measured = windows[:: -(-len(windows) // MEASURED) or 1]
    attributes = np.array([attributes_at(packed, *window) for window in measured.tolist()])
    result = {}
    for name, values in zip(ATTRIBUTES, attributes.T.astype(np.float64), strict=True):
        known = values[~np.isnan(values)]
        differs = known.size > 0 and known.std() >= LEAST_DEVIATION
        mean, deviation = known.mean() if known.size else 0.0, known.std() if differs else 0.0
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
