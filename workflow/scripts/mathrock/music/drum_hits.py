"""Kick, snare and hi-hat of a song: when each was hit, and how hard; as a table."""

import csv
from pathlib import Path
from typing import NamedTuple

from mathrock.files.atomic import replacing
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
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((f"{hit.time:.4f}", hit.drum, hit.velocity) for hit in hits)


def read_hits(path: str | Path) -> list[Hit]:
    """Read what `write_hits` wrote."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Hit(float(row["time_s"]), row["drum"], int(row["velocity"])) for row in rows]
