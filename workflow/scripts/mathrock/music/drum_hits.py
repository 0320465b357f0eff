"""The hits of kick, snare and hi-hat in a song: onsets and velocities, and their table."""

from pathlib import Path
from typing import NamedTuple

from mathrock.files.damage import reading
from mathrock.files.tsv import read_rows, write_rows
from mathrock.music.score import Note

KEYS = {"kick": 36, "snare": 38, "hat": 42}  # of General MIDI's drum kit
LENGTH = 0.05  # seconds that a hit lasts as a note: drums have onsets alone
COLUMNS = ("time_s", "drum", "velocity")


class Hit(NamedTuple):
    """A drum hit: `time` in seconds, `drum` (a name in `KEYS`), MIDI `velocity` 1-127."""

    time: float
    drum: str
    velocity: int


def as_notes(hits: list[Hit]) -> list[Note]:
    """Convert drum hits to notes of a drum part."""
    return [Note(hit.time, hit.time + LENGTH, KEYS[hit.drum], hit.velocity) for hit in hits]


def write_hits(path: str | Path, hits: list[Hit]) -> None:
    """Write a tab-separated table with a row for each hit, whole or not at all."""
    write_rows(path, COLUMNS, ((f"{hit.time:.4f}", hit.drum, hit.velocity) for hit in hits))


def read_hits(path: str | Path) -> list[Hit]:
    """Read a table that `write_hits` wrote."""
    with reading(path):
        rows = read_rows(path)
        return [Hit(float(row["time_s"]), row["drum"], int(row["velocity"])) for row in rows]
