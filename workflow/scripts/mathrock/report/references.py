"""Gather the page's section on references: songs by others, beside the takes."""

from collections.abc import Iterable
from pathlib import Path

from mathrock.formats.midi.reader import read_score
from mathrock.report.formatting import clock, title_of
from mathrock.report.takes import metres_of, picture
from mathrock.songs.status import Status, read_status


def bars_of(status: Status) -> list[list]:
    """Get the rows of a song's bars, see `music.bars`; none where bars are not known."""
    return status.facts["grid"]["bars"]


def gather(statuses: Iterable[str], midi: Iterable[str]) -> dict:
    """Gather `rows` of usable references, the `bad` ones, and the `titles` of all by id.

    Args:
        statuses: the .json of each reference.
        midi: the .mid of each reference.
    """
    files = {Path(path).stem: path for path in midi}
    by_name = {Path(path).stem: read_status(path) for path in statuses}
    rows = [
        {
            "id": name,
            "title": title_of(status.path),
            "path": status.path,
            "folder": f"takes/references/{name}",
            "roll": picture(
                read_score(files[name]),
                title_of(status.path),
                bars=[seconds for _, seconds, *_ in bars_of(status)],
            ),
            "length": clock(status.facts.get("duration", 0)),
            "notes": status.facts.get("notes", ""),
            "metre": metres_of(bars_of(status)),
            "warnings": status.warnings,
        }
        for name, status in by_name.items()
        if status.ok and name in files
    ]
    bad = [(status.path, status.reason) for status in by_name.values() if not status.ok]
    titles = {name: title_of(status.path) for name, status in by_name.items()}
    return {"rows": rows, "bad": bad, "titles": titles}
