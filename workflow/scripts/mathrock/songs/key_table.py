"""The table of songs' keys and scales, as far as they could be estimated."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mathrock.files.damage import reading
from mathrock.files.tsv import read_rows, write_rows
from mathrock.music.pitch_names import PITCH_CLASSES

COLUMNS = ("song", "key", "confidence", "scale", "pitch_classes", "covered")
UNKNOWN = "unknown"


class SongKey(NamedTuple):
    """A song's key and its scale; where one is `UNKNOWN`, the values that describe it are empty.

    Attributes:
        key: a tonic and "major" or "minor", such as "D major".
        confidence: correlation with the key's profile, at most 1.
        scale: the key's tonic and a scale, such as "D lydian".
        pitch_classes: those of the scale, 0-11 from C, ascending.
        covered: total duration of the notes in the scale, as a share (0-1) of that of all notes.
    """

    key: str = UNKNOWN
    confidence: float | None = None
    scale: str = UNKNOWN
    pitch_classes: tuple[int, ...] = ()
    covered: float | None = None

    @property
    def tonic(self) -> int | None:
        """Return the pitch class of the key's tonic, 0-11 from C; None for an unknown key."""
        return PITCH_CLASSES.get(self.key.split()[0])


def write_keys(path: str | Path, keys: Mapping[str, SongKey]) -> None:
    """Write a tab-separated table with a row for each song, whole or not at all."""
    rows = (
        (song, *found._replace(pitch_classes=" ".join(map(str, found.pitch_classes))))
        for song, found in keys.items()
    )
    write_rows(path, COLUMNS, rows)


def read_keys(path: str | Path) -> dict[str, SongKey]:
    """Read a table that `write_keys` wrote, as keys by the song's id."""
    with reading(path):
        return {row["song"]: _key(row) for row in read_rows(path)}


def _key(row: dict[str, str]) -> SongKey:
    pitch_classes = tuple(map(int, row["pitch_classes"].split()))
    confidence, covered = _number(row["confidence"]), _number(row["covered"])
    return SongKey(row["key"], confidence, row["scale"], pitch_classes, covered)


def _number(text: str) -> float | None:
    return float(text) if text else None
