"""What a take continues: a snippet of a song, its own or one that its seed draws."""

import hashlib
from pathlib import Path

import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.dataset.time_axis import grid_of
from mathrock.files.tsv import write_rows
from mathrock.generation.errors import ANY_SONG, TakeError
from mathrock.pianoroll.planes import ONSET

SLACK = 1e-3  # seconds
LEAST_NOTES_PER_SECOND = 0.5  # of a snippet, where the choice of the song is ours


def choose_snippet(
    name: str, knobs: dict, sequences: Sequences, knob: str = "song", but: str | None = None
) -> tuple[str, int, int]:
    """The song that a take continues, and the snippet's first step and end in it.

    Args:
        knob: which of the knobs names the song.
        but: a song that is not chosen where any may be.

    Raises:
        TakeError: the song is not usable, or not long enough for the snippet.
    """
    song = _choose_song(name, knobs, sequences, knob, but)
    roll = sequences.song(song)
    first, end = _place(song, roll, knobs, sequences)
    if end <= len(roll):
        return song, first, end
    begin, grid = _first_onset(roll), grid_of(sequences, song)
    if knobs[knob] == ANY_SONG:  # every song is too short: as much as the longest has
        first, end = _place(song, roll, {**knobs, "start": 0}, sequences)
        return (song, first, end) if end <= len(roll) else (song, *_all_of(song, roll, sequences))
    lasts = grid.seconds(len(roll)) - grid.seconds(begin)
    raise TakeError(
        f"takes.{name}: a snippet of {knobs['snippet_seconds']:g} s that starts at"
        f" {knobs['start']:g} s does not fit into {song}, which lasts {lasts:.1f} s from its first"
        f" note: lower {'start or ' if knob == 'song' else ''}snippet_seconds"
    )


def choose_target(name: str, knobs: dict, sequences: Sequences, song: str) -> tuple[str, int, int]:
    """The song that an interpolation from `song` leads to, and its snippet's first step and end.

    Raises:
        TakeError: there is no other song, or the one asked for is not usable or too short.
    """
    if knobs["to"] == ANY_SONG and {span.song for span in sequences.spans} == {song}:
        raise TakeError(f"takes.{name}.to: there is no song but {song}: add one to go to")
    return choose_snippet(name, {**knobs, "start": 0}, sequences, "to", but=song)


def write_snippets(path: str | Path, takes: dict[str, dict], sequences: Sequences) -> dict:
    """Write a table of what each take continues; `takes` are their knobs by name.

    Returns:
        What `choose_snippet` chose for each.

    Raises:
        TakeError: as `choose_snippet`.
    """
    chosen = {name: choose_snippet(name, knobs, sequences) for name, knobs in takes.items()}
    for name, knobs in takes.items():
        if knobs.get("path") == "interpolate":
            choose_target(name, knobs, sequences, chosen[name][0])
    rows = []
    for name, (song, first, end) in chosen.items():
        begin, until = (grid_of(sequences, song).seconds(step) for step in (first, end))
        rows.append((name, song, round(begin, 3), round(until - begin, 3)))
    write_rows(path, ("take", "song", "first_s", "seconds"), rows)
    return chosen


def _choose_song(name: str, knobs: dict, sequences: Sequences, knob: str, but: str | None) -> str:
    """The take's own song, or one by the seed: adding a song rarely changes which."""
    usable = sorted({span.song for span in sequences.spans})
    if knobs[knob] in usable:
        return knobs[knob]
    if knobs[knob] != ANY_SONG:
        raise TakeError(
            f"takes.{name}.{knob}: {knobs[knob]} could not be used (results/songs.tsv says why);"
            f" choose one of {', '.join(usable[:8])}"
        )
    usable = [song for song in usable if song != but]
    for song in sorted(usable, key=lambda song: _draw(knobs["seed"], song)):
        if _has_a_snippet(song, knobs, sequences):
            return song
    return max(usable, key=lambda song: len(sequences.song(song)) / sequences.rate(song))


def _draw(seed: int, song: str) -> bytes:
    return hashlib.sha256(f"{seed}/{song}".encode()).digest()


def _has_a_snippet(song: str, knobs: dict, sequences: Sequences) -> bool:
    """Whether a song is long enough for the take's snippet, with enough notes in it to go by."""
    roll = sequences.song(song)
    first, end = _place(song, roll, knobs, sequences)
    notes = roll[first:end, :, ONSET].sum()
    return end <= len(roll) and notes >= LEAST_NOTES_PER_SECOND * knobs["snippet_seconds"]


def _place(song: str, roll: np.ndarray, knobs: dict, sequences: Sequences) -> tuple[int, int]:
    """First and end step of the snippet; an end after the roll's means that it does not fit.

    On a grid of beats it is whole bars, at least one, nearest to what the knobs say in seconds.
    """
    begin, length = _first_onset(roll), knobs["snippet_seconds"]
    if sequences.steps_per_beat(song) is None:
        first = begin + round(knobs["start"] * sequences.rate(song))
        return first, first + max(1, round(length * sequences.rate(song)))
    grid, bars = grid_of(sequences, song), sequences.bars(song)
    bars = bars[bars["step"] <= len(roll)]  # the last of them is a line that ends a whole bar
    start = grid.seconds(begin) + knobs["start"]
    bar = int(np.argmin(np.abs(bars["seconds"][: max(1, len(bars) - 1)] - start)))
    lines = bars[bar + 1 :]
    lines = lines[np.rint(lines["step"]) > np.rint(bars["step"][bar])]
    if start + length > grid.seconds(len(roll)) + SLACK or not len(lines):
        return begin, len(roll) + 1
    end = np.argmin(np.abs(lines["seconds"] - bars["seconds"][bar] - length))
    return _nearest_step(bars[bar]), _nearest_step(lines[end])


def _all_of(song: str, roll: np.ndarray, sequences: Sequences) -> tuple[int, int]:
    """First and end step of the longest snippet; of whole bars, if it can be on a grid of beats."""
    begin = _first_onset(roll)
    if sequences.steps_per_beat(song) is not None:
        bars = sequences.bars(song)
        bars = bars[bars["step"] <= len(roll)]
        first = int(np.argmin(np.abs(bars["step"] - begin)))
        if first < len(bars) - 1:
            return _nearest_step(bars[first]), _nearest_step(bars[-1])
    return begin, len(roll)


def _nearest_step(line: np.void) -> int:
    return round(float(line["step"]))


def _first_onset(roll: np.ndarray) -> int:
    return int(np.argmax(roll[:, :, ONSET].any(axis=1)))
