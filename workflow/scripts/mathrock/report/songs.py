"""Gather the page's table of songs: the manifest, keys, and scores of demo songs."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from mathrock.files.tsv import read_rows
from mathrock.files.whole import is_nothing
from mathrock.report.formatting import clock, number, title_of
from mathrock.songs.manifest import read_manifest

COLUMNS = {  # of the table, by what a row holds: heading, unit
    "title": ("song", ""),
    "genre": ("genre", ""),
    "duration": ("length", "min:s"),
    "notes": ("notes", ""),
    "tempo": ("tempo", "quarter notes a minute"),
    "metre": ("metre", ""),
    "key": ("key", ""),
    "split": ("used for", ""),
    "f1": ("onset F1", "0 to 1, of the transcription"),
    "status": ("status", ""),
}


def gather(
    songs: str | None,
    keys: str | None,
    transcription: str | None,
    splits: Mapping[str, str],
    previews: Iterable[str],
    most: int = 500,
) -> dict:
    """Gather the table: `columns` that are not empty, all `rows`, and those that are `shown`.

    Args:
        songs, keys, transcription: the tables of songs, of keys and of demo songs' scores.
        splits: train, valid or test by a song's id.
        previews: recording.mp3, transcription.mp3 and roll.svg of each song, in a folder of its id.
        most: rows that a page shows: a hundred thousand are too many for a browser.
    """
    found = {(Path(p).parent.name, Path(p).name) for p in previews if not is_nothing(p)}
    in_key = {row["song"]: row for row in _read(keys)}
    scores = {row["song"]: row for row in _read(transcription)}
    rows = []
    for song in read_manifest(songs) if songs else []:
        name = song["id"]
        key = in_key.get(name, {})
        f1 = scores.get(Path(song["path"]).stem, {}).get("onset_f1", "")
        cells = {
            "title": (title_of(song["path"]), None),
            "genre": (song["genre"], None),
            "duration": _cell(song["duration_s"], clock),
            "notes": _cell(song["notes"], "{:.0f}".format),
            "tempo": _cell(song["tempo_bpm"], "{:.1f}".format),
            "metre": (song["metre"], None),
            "key": (key.get("scale") or key.get("key", ""), None),
            "split": (splits.get(name, ""), None),
            "f1": _cell(f1, number),
            "status": (song["status"], None),
        }
        rows.append(
            {
                "id": name,
                "title": title_of(song["path"]),
                "path": song["path"],
                "cells": cells,
                "ok": song["status"] == "ok",
                "reason": song["reason"],
                "warnings": song["warnings"],
                "recording": (name, "recording.mp3") in found,
                "transcription": (name, "transcription.mp3") in found,
                "roll": (name, "roll.svg") in found,
            }
        )
    bad = [row for row in rows if not row["ok"]]
    filled = {column for row in rows for column, (text, _) in row["cells"].items() if text}
    return {
        "columns": {name: COLUMNS[name] for name in COLUMNS if name in filled},
        "rows": rows,
        "shown": rows[:most],
        "bad": bad,
        "bad_shown": bad[:most],
        "mean_f1": scores.get("mean", {}).get("onset_f1", ""),
    }


def _cell(text: str, shown: Callable[[float], str]) -> tuple[str, float | str]:
    """Format a number: its text and the value to sort by; both empty where there is none."""
    return (shown(float(text)), float(text)) if text else ("", "")


def _read(path: str | None) -> list[dict[str, str]]:
    """Read a table's rows, none without a table."""
    if not path:
        return []
    return read_rows(path)
