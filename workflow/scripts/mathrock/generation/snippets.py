"""Choose the snippet of a song that a take continues: the model's prompt.

A take names its song, or its seed draws one.
"""

import hashlib
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.dataset.time_axis import grid_of
from mathrock.generation.errors import ANY_SONG, TakeError
from mathrock.generation.take_settings import TakeSettings
from mathrock.pianoroll.planes import ONSET

SLACK = 1e-3  # seconds
LEAST_NOTES_PER_SECOND = 0.5  # of a snippet, where the seed chooses the song


class Snippet(NamedTuple):
    """The steps [first, end) of a song, and the song's whole roll, bool (steps, 128, planes)."""

    song: str
    first: int
    end: int
    roll: np.ndarray

    @property
    def steps(self) -> int:
        """Return the snippet's length in steps."""
        return self.end - self.first

    @property
    def heard(self) -> np.ndarray:
        """Return the snippet's own steps, bool (steps, 128, planes)."""
        return self.roll[self.first : self.end]


def choose_snippet(
    name: str,
    settings: TakeSettings,
    sequences: Sequences,
    knob: str = "song",
    but: str | None = None,
) -> Snippet:
    """Choose the song that the take `name` continues, and the snippet in it.

    Args:
        knob: the setting that names the song, `song` or `to`.
        but: a song that is not chosen where any may be.

    Raises:
        TakeError: the song is not usable, or not long enough for the snippet.
    """
    song, roll = _choose_song(name, settings, sequences, knob, but)
    first, end = _place(song, roll, settings, sequences)
    if end <= len(roll):
        return Snippet(song, first, end, roll)
    if getattr(settings, knob) == ANY_SONG:  # every song is too short: as much as the longest has
        first, end = _place(song, roll, replace(settings, start=0), sequences)
        if end > len(roll):
            first, end = _all_of(song, roll, sequences)
        return Snippet(song, first, end, roll)
    grid = grid_of(sequences, song)
    lasts = grid.seconds(len(roll)) - grid.seconds(_first_onset(roll))
    raise TakeError(
        f"takes.{name}: a snippet of {settings.snippet_seconds:g} s that starts at"
        f" {settings.start:g} s does not fit into {song}, which lasts {lasts:.1f} s from its first"
        f" note: lower {'start or ' if knob == 'song' else ''}snippet_seconds"
    )


def choose_target(name: str, settings: TakeSettings, sequences: Sequences, song: str) -> Snippet:
    """Choose the snippet that an interpolation from `song` leads to.

    Raises:
        TakeError: there is no other song, or the one asked for is not usable or too short.
    """
    if settings.to == ANY_SONG and {span.song for span in sequences.spans} == {song}:
        raise TakeError(f"takes.{name}.to: there is no song but {song}: add one to go to")
    return choose_snippet(name, replace(settings, start=0), sequences, "to", but=song)


def _choose_song(
    name: str, settings: TakeSettings, sequences: Sequences, knob: str, but: str | None
) -> tuple[str, np.ndarray]:
    """Choose a song and read its roll: the take's own, or one by the seed.

    Songs are ordered by a hash of the seed, so that adding a song rarely changes which is chosen.
    """
    usable = sorted({span.song for span in sequences.spans})
    named = getattr(settings, knob)
    if named in usable:
        return named, sequences.song(named)
    if named != ANY_SONG:
        raise TakeError(
            f"takes.{name}.{knob}: {named} could not be used (results/songs.tsv says why);"
            f" choose one of {', '.join(usable[:8])}"
        )
    usable = [song for song in usable if song != but]
    for song in sorted(usable, key=lambda song: _hash(settings.seed, song)):
        roll = sequences.song(song)
        if _has_a_snippet(song, roll, settings, sequences):
            return song, roll
    longest = max(usable, key=lambda song: _steps(sequences, song) / sequences.rate(song))
    return longest, sequences.song(longest)


def _steps(sequences: Sequences, song: str) -> int:
    first, end = sequences.songs[song]["steps"]
    return end - first


def _hash(seed: int, song: str) -> bytes:
    return hashlib.sha256(f"{seed}/{song}".encode()).digest()


def _has_a_snippet(
    song: str, roll: np.ndarray, settings: TakeSettings, sequences: Sequences
) -> bool:
    """Say whether a song is long enough for the take's snippet, with enough notes in it."""
    first, end = _place(song, roll, settings, sequences)
    notes = roll[first:end, :, ONSET].sum()
    return end <= len(roll) and notes >= LEAST_NOTES_PER_SECOND * settings.snippet_seconds


def _place(
    song: str, roll: np.ndarray, settings: TakeSettings, sequences: Sequences
) -> tuple[int, int]:
    """Find the snippet's first and end step; an end after the roll's means that it does not fit.

    On a grid of beats the snippet is whole bars, at least one, nearest to the settings' seconds.
    """
    begin, length = _first_onset(roll), settings.snippet_seconds
    if sequences.steps_per_beat(song) is None:
        first = begin + round(settings.start * sequences.rate(song))
        return first, first + max(1, round(length * sequences.rate(song)))
    grid, bars = grid_of(sequences, song), sequences.bars(song)
    bars = bars[bars["step"] <= len(roll)]  # the last of them is a line that ends a whole bar
    start = grid.seconds(begin) + settings.start
    bar = int(np.argmin(np.abs(bars["seconds"][: max(1, len(bars) - 1)] - start)))
    lines = bars[bar + 1 :]
    lines = lines[np.rint(lines["step"]) > np.rint(bars["step"][bar])]
    if start + length > grid.seconds(len(roll)) + SLACK or not len(lines):
        return begin, len(roll) + 1
    end = np.argmin(np.abs(lines["seconds"] - bars["seconds"][bar] - length))
    return _nearest_step(bars[bar]), _nearest_step(lines[end])


def _all_of(song: str, roll: np.ndarray, sequences: Sequences) -> tuple[int, int]:
    """Find first and end step of the longest snippet; of whole bars, where there are any."""
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
