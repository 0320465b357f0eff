"""Gather the page's section on copies: the longest run that each take shares with a song."""

from collections.abc import Mapping

from mathrock.files.json_files import read_json
from mathrock.music.score import Note
from mathrock.report.formatting import clock, note_name, number
from mathrock.report.roll_drawing import draw, pitch_range

AROUND = 1.5  # seconds of context shown before and after a run


def gather(path: str | None, titles: Mapping[str, str]) -> dict | None:
    """Gather `rows` of tracks, then of references, each longest first, and the baseline.

    Args:
        path: what rule find_copies wrote.
        titles: songs' names by id.
    """
    if not path:
        return None
    found_copies = read_json(path)
    held_out = found_copies["held_out"]
    baseline = held_out["notes"]["longest"] if held_out and held_out["notes"] else None
    kinds = {"take": found_copies["tracks"], "reference": found_copies["references"]}
    rows = [
        _row(kind, name, found, titles, baseline)
        for kind, tracks in kinds.items()
        for name, found in sorted(tracks.items(), key=lambda item: -_notes(item[1]))
    ]
    longest = held_out["longest"] if held_out else None
    return {
        "rows": rows,
        "held_out": held_out,
        "longest": longest and _row("song", longest["from"], longest, titles, None),
        "songs": found_copies["training_songs"],
        "notes": f"{found_copies['training_notes']:,}",
    }


def by_track(copies: dict | None) -> dict[str, dict]:
    """Index the rows by track."""
    return {row["name"]: row for row in copies["rows"]} if copies else {}


def _notes(found: dict | None) -> int:
    """Count the notes of a run, 0 where there is none."""
    return found["notes"] if found else 0


def _row(
    kind: str, name: str, found: dict | None, titles: Mapping[str, str], baseline: int | None
) -> dict:
    """Describe the longest run of a track, a reference or a held-out song."""
    row = {"kind": kind, "name": name, "title": titles.get(name, name), "notes": _notes(found)}
    if not found:
        return row
    higher = found["semitones"]
    return row | {
        "pitches": found["distinct_pitches"],
        "onsets": found["onsets"],
        "seconds": number(found["seconds"], 1),
        "song": found["song"],
        "song_title": titles.get(found["song"], found["song"]),
        "at": clock(found["at"]),
        "song_at": clock(found["song_at"]),
        "moved": "at the same pitch" if not higher else f"{higher:+d} semitones",
        "is_long": baseline is not None and found["notes"] > baseline,
        "rolls": [
            _draw_run(found["take_roll"], f"the run in {name}"),
            _draw_run(found["song_roll"], "the same run in the song"),
        ],
    }


def _draw_run(rows: list[list], label: str) -> dict:
    """Draw the notes of a run and around it, those of the run in a voice of their own."""
    voices = {"around": [], "run": []}
    for onset, offset, pitch, in_run in rows:
        voices["run" if in_run else "around"].append(Note(onset, offset, pitch))
    begin = min(note.onset for note in voices["run"]) - AROUND
    end = max(note.offset for note in voices["run"]) + AROUND
    low, high = pitch_range(voices)
    return {
        "svg": draw(voices, begin, end, f"Piano roll of {label}, {len(voices['run'])} notes"),
        "top": note_name(high),
        "bottom": note_name(low),
        "begin": clock(begin),
        "end": clock(end),
    }
