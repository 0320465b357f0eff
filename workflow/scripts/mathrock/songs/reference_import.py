"""Import a reference song: read its score and make its status.

References are songs with which takes are compared. Parts that name no instrument are played by the
band that plays the takes, with the band's accents, so that a listener compares songs and not
instruments.
"""

from dataclasses import replace

from mathrock.files.limits import MAX_REFERENCE_SECONDS
from mathrock.music.accents import add_velocities
from mathrock.music.parts import merge_parts, split_by_pitch
from mathrock.music.score import NO_PROGRAM, Score
from mathrock.songs.score_import import import_score, with_score_facts
from mathrock.songs.status import Status


def import_reference(
    song: dict, file: str, parts: list[dict], velocity: int, beat_accent: int, bar_accent: int
) -> tuple[Score, Status]:
    """Read a reference and make its status; the score is empty if the reference cannot be used.

    Args:
        song: fields of `mathrock.songs.song.Song`.
        file: the path of the song's file on this machine.
        parts, velocity, beat_accent, bar_accent: as for `arrange` in `generation/arranging`.
    """
    score, status = import_score(song, file, MAX_REFERENCE_SECONDS)
    score = _arrange(score, parts)
    if status.ok and not score.pitched_notes:
        return Score([]), status.failed("has no notes that a part of the band can play")
    score = add_velocities(score, velocity, beat_accent, bar_accent)
    return score, with_score_facts(status, score)


def _arrange(score: Score, parts: list[dict]) -> Score:
    """Give notes without an instrument to the band's parts; merge parts that are too many."""
    drums = [part._replace(program=0) for part in score.parts if part.is_drum]
    pitched = [part for part in score.parts if not part.is_drum]
    unnamed = [note for part in pitched if part.program == NO_PROGRAM for note in part.notes]
    named = [part for part in pitched if part.program != NO_PROGRAM]
    found = [part for part in (*split_by_pitch(unnamed, parts), *named, *drums) if part.notes]
    found = [part._replace(notes=sorted(part.notes)) for part in found]
    return replace(score, parts=merge_parts(found))
