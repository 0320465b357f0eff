"""Split notes among the parts of a band by pitch, and merge parts that are too many."""

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


def merge_parts(parts: Iterable[Part], most: int = 15) -> list[Part]:
    """Merge pitched parts until there are at most `most`, as many as MIDI has channels for.

    Parts of the same program are merged first, then those of a General MIDI family of instruments,
    then all but the largest. A merged part is named and played as its largest.
    """
    drums = [part for part in parts if part.is_drum]
    pitched = [part for part in parts if not part.is_drum]
    for family in (1, 8):  # General MIDI groups its programs by eight
        if len(pitched) > most:
            groups = {}
            for part in pitched:
                groups.setdefault(part.program // family, []).append(part)
            pitched = [_merged(group) for group in groups.values()]
    if len(pitched) > most:
        by_size = sorted(pitched, key=lambda part: -len(part.notes))
        pitched = [*by_size[: most - 1], _merged(by_size[most - 1 :])]
    return [*pitched, *drums]


def _merged(parts: list[Part]) -> Part:
    largest = max(parts, key=lambda part: len(part.notes))
    return largest._replace(notes=sorted(note for part in parts for note in part.notes))
