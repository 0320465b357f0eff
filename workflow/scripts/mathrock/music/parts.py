"""Split notes that belong to no instrument into the parts of a band, by pitch range."""

from collections.abc import Iterable

from mathrock.music.score import Note, Part


def split_by_pitch(notes: Iterable[Note], parts: Iterable[dict]) -> list[Part]:
    """Make a part for each of `parts`, with the notes in its range; it may have none.

    Notes whose pitch is in no part's range are left out.

    Args:
        parts: dicts with the keys name, program, lowest_pitch and highest_pitch, both included.
    """
    notes = list(notes)
    return [
        Part(
            part["name"],
            [n for n in notes if part["lowest_pitch"] <= n.pitch <= part["highest_pitch"]],
            part["program"],
        )
        for part in parts
    ]
