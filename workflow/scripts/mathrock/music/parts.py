"""Notes that belong to no instrument yet -> the parts of the band, by pitch."""

from collections.abc import Iterable

from mathrock.music.score import Note, Part


def share_out(notes: Iterable[Note], parts: Iterable[dict]) -> list[Part]:
    """A part, with notes or none, for each of `parts`: name, program, lowest_pitch, highest_pitch.

    A pitch that no part plays is left out.
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
