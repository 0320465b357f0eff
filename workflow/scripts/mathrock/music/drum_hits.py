"""Kick, snare and hi-hat of a song: when each was hit, and how hard; as a table."""

from pathlib import Path
from typing import NamedTuple

from mathrock.files.tsv import read_rows, write_rows
from mathrock.music.score import Note

KEYS = {"kick": 36, "snare": 38, "hat": 42}  # of General MIDI's drum kit
LENGTH = 0.05  # seconds; a hit has none of its own
COLUMNS = ("time_s", "drum", "velocity")


class Hit(NamedTuple):
    """A hit: `time` in seconds, `drum` of `KEYS`, MIDI `velocity` 1-127."""

    time: float
    drum: str
    velocity: int


def as_notes(hits: list[Hit]) -> list[Note]:
    """The hits as notes of a drum part."""
    return [Note(hit.time, hit.time + LENGTH, KEYS[hit.drum], hit.velocity) for hit in hits]


def write_hits(path: str | Path, hits: list[Hit]) -> None:
    """Write a tab-separated row for each hit, whole or not at all."""
    write_rows(path, COLUMNS, ((f"{hit.time:.4f}", hit.drum, hit.velocity) for hit in hits))


def read_hits(path: str | Path) -> list[Hit]:
    """Read what `write_hits` wrote."""
    rows = read_rows(path)
    return [Hit(float(row["time_s"]), row["drum"], int(row["velocity"])) for row in rows]
