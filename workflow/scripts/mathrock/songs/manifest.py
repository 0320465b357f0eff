"""The manifest: the table of songs with their properties, tempo, metre and status."""

from collections.abc import Callable, Iterator
from pathlib import Path

from mathrock.files.tsv import read_rows, write_rows
from mathrock.songs.status import Status

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


def write_manifest(
    path: str | Path, songs: list[dict], status_of: Callable[[str], Status]
) -> list[str]:
    """Write a tab-separated table with a row for each song, whole or not at all.

    Args:
        songs: dicts with the fields of `mathrock.songs.song.Song`.
        status_of: returns a song's status by its id. Statuses are read one at a time, because each
            holds all bars of its song.

    Returns:
        A line for each song that can't be used.
    """
    bad = []

    def rows() -> Iterator[list]:
        for song in songs:
            status = status_of(song["id"])
            row = _row(song, status)
            yield [row[column] for column in COLUMNS]
            if not status.ok:
                bad.append(str(status))

    write_rows(path, COLUMNS, rows())
    return bad


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
    """Read a table that `write_manifest` wrote, as a dict of text for each song."""
    return read_rows(path)
