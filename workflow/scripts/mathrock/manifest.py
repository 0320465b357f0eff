"""The table of songs: what became of each."""

import csv
from pathlib import Path

from mathrock.atomic import replacing
from mathrock.status import Status

COLUMNS = [
    "id",
    "path",
    "genre",
    "format",
    "duration_s",
    "sample_rate_hz",
    "notes",
    "grid",
    "tempo_bpm",
    "metre",
    "beat_confidence",
    "metre_confidence",
    "status",
    "reason",
    "warnings",
]  # fmt: skip


def write_manifest(path: str | Path, songs: list[dict], statuses: dict[str, Status]) -> None:
    """Write a tab-separated row for each song, fields of `mathrock.songs.Song`, by id."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        for song in songs:
            table.writerow(_row(song, statuses[song["id"]]))


def _row(song: dict, status: Status) -> dict:
    facts = status.facts
    return {
        **{name: song[name] for name in ("id", "path", "genre", "format")},
        "duration_s": facts.get("duration", ""),
        "sample_rate_hz": facts.get("sample_rate", ""),
        "notes": facts.get("notes", ""),
        "grid": facts.get("grid", {}).get("kind", "") if status.ok else "",
        "tempo_bpm": facts.get("tempo", ""),
        "metre": facts.get("metre", ""),
        "beat_confidence": facts.get("beat_confidence", ""),
        "metre_confidence": facts.get("metre_confidence", ""),
        "status": "ok" if status.ok else "bad",
        "reason": status.reason,
        "warnings": "; ".join(status.warnings),
    }


def read_manifest(path: str | Path) -> list[dict[str, str]]:
    """Read what `write_manifest` wrote."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))
