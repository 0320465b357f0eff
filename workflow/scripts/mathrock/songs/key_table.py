"""The table of keys: what key and scale each song is in, as far as that was found."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mathrock.files.tsv import read_rows, write_rows
from mathrock.music.pitch_names import PITCH_CLASSES

COLUMNS = ("song", "key", "confidence", "scale", "pitch_classes", "covered")
UNKNOWN = "unknown"


class SongKey(NamedTuple):
    """A song's key and its scale; either may be `UNKNOWN`, and then what belongs to it is empty.

    key: a tonic and "major" or "minor", such as "D major".
    confidence: correlation with the key's profile, at most 1.
    scale: the key's tonic and a scale, such as "D lydian".
    pitch_classes: the scale's, 0-11 from C, rising.
    covered: share, 0-1, of the time that all notes sound which the scale's notes have.
    """

    key: str = UNKNOWN
    confidence: float | None = None
    scale: str = UNKNOWN
    pitch_classes: tuple[int, ...] = ()
    covered: float | None = None

    @property
    def tonic(self) -> int | None:
        """The key's tonic, 0-11 from C."""
        return PITCH_CLASSES.get(self.key.split()[0])


def write_keys(path: str | Path, keys: Mapping[str, SongKey]) -> None:
    """Write a tab-separated row for each song."""
    rows = (
        (song, *found._replace(pitch_classes=" ".join(map(str, found.pitch_classes))))
        for song, found in keys.items()
    )
    write_rows(path, COLUMNS, rows)


def read_keys(path: str | Path) -> dict[str, SongKey]:
    """Read what `write_keys` wrote."""
    return {
        row["song"]: SongKey(
            row["key"],
            _number(row["confidence"]),
            row["scale"],
            tuple(map(int, row["pitch_classes"].split())),
            _number(row["covered"]),
        )
        for row in read_rows(path)
    }


def _number(text: str) -> float | None:
    return float(text) if text else None
