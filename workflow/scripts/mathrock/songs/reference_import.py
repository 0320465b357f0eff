"""Import a reference song from MIDI, ABC or MusicXML: read its score and make its status.

References are songs with which takes are compared. Parts that name no instrument are played by the
band that plays the takes, with the band's accents, so that a listener compares songs and not
instruments.
"""

from collections import defaultdict
from dataclasses import replace

from mathrock.files.limits import MAX_REFERENCE_SECONDS
from mathrock.formats.errors import ScoreError
from mathrock.formats.readers import read_file
from mathrock.music.beat_confidence import beat_facts
from mathrock.music.parts import split_by_pitch
from mathrock.music.score import NO_PROGRAM, Part, Score
from mathrock.music.score_beats import beats_of
from mathrock.songs.status import Status

MOST_PARTS = 15  # pitched parts that a MIDI file can hold
MAX_DISTANCE = 0.001  # seconds between a beat and a note on it
SHORTEST = 0.05  # total duration of all notes in seconds


def import_reference(
    song: dict, file: str, parts: list[dict], velocity: int, beat_accent: int, bar_accent: int
) -> tuple[Score, Status]:
    """Read a reference and make its status; the score is empty if the reference cannot be used.

    Args:
        song: fields of `mathrock.songs.song.Song`.
        file: the path of the song's file on this machine.
        parts, velocity, beat_accent, bar_accent: as for `arrange` in `generation/arranging`.
    """
    status = Status(song["id"], song["path"])
    try:
        if song["problem"]:
            raise ScoreError(song["problem"])
        score, warnings = read_file(file, song["format"])
        score = _arrange(score, parts)
        duration = max((note.offset for part in score.parts for note in part.notes), default=0.0)
        _check(score, duration)
        score = _add_velocities(score, velocity, beat_accent, bar_accent)
    except ScoreError as error:
        return Score([]), status.failed(str(error))
    facts = {"duration": round(duration, 3), "notes": len(score.pitched_notes)}
    facts |= beat_facts(score) if score.metres else {"beat_confidence": 0.0}
    return score, replace(status, warnings=warnings, facts=facts)


def _arrange(score: Score, parts: list[dict]) -> Score:
    """Give notes without an instrument to the band's parts, and merge parts if they are too many.

    Too many parts are merged by their programs.
    """
    drums = [part._replace(program=0) for part in score.parts if part.is_drum]
    pitched = [part for part in score.parts if not part.is_drum]
    unnamed = [note for part in pitched if part.program == NO_PROGRAM for note in part.notes]
    shared = split_by_pitch(unnamed, parts)
    named = [part for part in pitched if part.program != NO_PROGRAM]
    if len(named) > MOST_PARTS - len(shared):
        by_program = defaultdict(list)
        for part in named:
            by_program[part.program] += part.notes
        named = [Part("", notes, program) for program, notes in by_program.items()]
    found = [part for part in (*shared, *named, *drums) if part.notes]
    return replace(score, parts=[part._replace(notes=sorted(part.notes)) for part in found])


def _add_velocities(score: Score, velocity: int, beat_accent: int, bar_accent: int) -> Score:
    """Give a velocity, with the accents of beats and bars, to each note that has none."""
    beats = beats_of(score) if score.metres else []
    accents = {
        round(beat.time / MAX_DISTANCE): bar_accent if beat.beat == 1 else beat_accent
        for beat in beats
    }
    parts = [
        part._replace(
            notes=[
                note._replace(
                    velocity=note.velocity
                    or min(127, velocity + accents.get(round(note.onset / MAX_DISTANCE), 0))
                )
                for note in part.notes
            ]
        )
        for part in score.parts
    ]
    return replace(score, parts=parts)


def _check(score: Score, duration: float) -> None:
    if not score.pitched_notes:
        raise ScoreError("has no notes but drums" if score.drum_hits else "has no notes")
    if sum(note.offset - note.onset for note in score.pitched_notes) < SHORTEST:
        raise ScoreError("has notes that last no time")
    if duration > MAX_REFERENCE_SECONDS:
        raise ScoreError(
            f"lasts {duration / 60:.0f} minutes, more than {MAX_REFERENCE_SECONDS // 60}"
        )
    if sum(not part.is_drum for part in score.parts) > MOST_PARTS:
        raise ScoreError(f"has more than {MOST_PARTS} instruments")
