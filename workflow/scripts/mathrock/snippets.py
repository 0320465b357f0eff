"""What a take continues: a snippet of a song, its own or one that its seed draws."""

import csv
import hashlib
from pathlib import Path

import numpy as np

from mathrock.atomic import replacing
from mathrock.planes import ONSET
from mathrock.sequences import Sequences

ANY_SONG = "any"  # what a take says that leaves the choice to its seed
LEAST_NOTES_PER_SECOND = 0.5  # of a snippet, where the choice of the song is ours


class TakeError(ValueError):
    """The take cannot be made as it is configured; the message names the knob."""


def choose_snippet(name: str, knobs: dict, sequences: Sequences) -> tuple[str, int, int]:
    """The song that a take continues, and the snippet's first step and end in it.

    Raises:
        TakeError: the song is not usable, or not long enough for the snippet.
    """
    song, rate = _choose_song(name, knobs, sequences), sequences.steps_per_second
    roll = sequences.song(song)
    first, end = _place(roll, knobs, rate)
    if end <= len(roll):
        return song, first, end
    begin = _first_onset(roll)
    if knobs["song"] == ANY_SONG:  # every song is too short: as much as the longest has
        return song, begin, min(len(roll), begin + end - first)
    raise TakeError(
        f"takes.{name}: a snippet of {knobs['snippet_seconds']:g} s that starts at"
        f" {knobs['start']:g} s does not fit into {song}, which lasts"
        f" {(len(roll) - begin) / rate:.1f} s from its first note: lower start or snippet_seconds"
    )


def write_snippets(path: str | Path, takes: dict[str, dict], sequences: Sequences) -> dict:
    """Write a table of what each take continues; `takes` are their knobs by name.

    Returns:
        What `choose_snippet` chose for each.

    Raises:
        TakeError: as `choose_snippet`.
    """
    rate = sequences.steps_per_second
    chosen = {name: choose_snippet(name, knobs, sequences) for name, knobs in takes.items()}
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(["take", "song", "first_s", "seconds"])
        for name, (song, first, end) in chosen.items():
            rows.writerow([name, song, round(first / rate, 3), round((end - first) / rate, 3)])
    return chosen


def _choose_song(name: str, knobs: dict, sequences: Sequences) -> str:
    """The take's own song, or one by the seed: adding a song rarely changes which."""
    usable = sorted({span.song for span in sequences.spans})
    if knobs["song"] in usable:
        return knobs["song"]
    if knobs["song"] != ANY_SONG:
        raise TakeError(
            f"takes.{name}.song: {knobs['song']} could not be used (results/songs.tsv says why);"
            f" choose one of {', '.join(usable[:8])}"
        )
    for song in sorted(usable, key=lambda song: _draw(knobs["seed"], song)):
        if _has_a_snippet(sequences.song(song), knobs, sequences.steps_per_second):
            return song
    return max(usable, key=lambda song: len(sequences.song(song)))


def _draw(seed: int, song: str) -> bytes:
    return hashlib.sha256(f"{seed}/{song}".encode()).digest()


def _has_a_snippet(roll: np.ndarray, knobs: dict, rate: float) -> bool:
    """Whether a song is long enough for the take's snippet, with enough notes in it to go by."""
    first, end = _place(roll, knobs, rate)
    notes = roll[first:end, :, ONSET].sum()
    return end <= len(roll) and notes >= LEAST_NOTES_PER_SECOND * knobs["snippet_seconds"]


def _place(roll: np.ndarray, knobs: dict, rate: float) -> tuple[int, int]:
    """First and end step of the snippet, counted from the song's first onset."""
    first = _first_onset(roll) + round(knobs["start"] * rate)
    return first, first + max(1, round(knobs["snippet_seconds"] * rate))


def _first_onset(roll: np.ndarray) -> int:
    return int(np.argmax(roll[:, :, ONSET].any(axis=1)))
