"""Import a song that is a score, such as MIDI: read the score and summarize it in a status."""

from dataclasses import replace

from mathrock.files.limits import MAX_SCORE_SECONDS
from mathrock.formats.errors import ScoreError
from mathrock.formats.readers import read_file
from mathrock.music.accents import add_velocities
from mathrock.music.beat_confidence import beat_facts
from mathrock.music.score import NO_PROGRAM, Score
from mathrock.songs.status import Status

SHORTEST = 0.05  # total duration of all notes in seconds
PIANO = 0  # what players play where a file names no instrument
VELOCITY, BEAT_ACCENT, BAR_ACCENT = 84, 10, 20  # of notes whose loudness a file does not give


def import_song(song: dict, file: str) -> tuple[Score, Status]:
    """Read a song and make its status; the score is empty if the song cannot be used.

    Args:
        song: fields of `mathrock.songs.song.Song`.
        file: the path of the song's file on this machine.
    """
    score, status = import_score(song, file)
    parts = [
        part._replace(program=PIANO) if part.program == NO_PROGRAM else part for part in score.parts
    ]
    score = add_velocities(replace(score, parts=parts), VELOCITY, BEAT_ACCENT, BAR_ACCENT)
    return score, with_score_facts(status, score)


def import_score(
    song: dict, file: str, most_seconds: int = MAX_SCORE_SECONDS
) -> tuple[Score, Status]:
    """Read a score as its file has it, and check that it can be used.

    Args:
        song, file: as for `import_song`.
        most_seconds: a longer score cannot be used.

    Returns:
        The score, empty if it cannot be used, and its status with the readers' warnings.
    """
    status = Status(song["id"], song["path"])
    try:
        if song["problem"]:
            raise ScoreError(song["problem"])
        score, warnings = read_file(file, song["format"])
        _check(score, most_seconds)
    except ScoreError as error:
        return Score([]), status.failed(str(error))
    return score, replace(status, warnings=warnings)


def with_score_facts(status: Status, score: Score) -> Status:
    """Return a status with a score's duration, number of notes and beats, if it can be used."""
    if not status.ok:
        return status
    beats = beat_facts(score) if score.metres else {"beat_confidence": 0.0}
    duration = round(score.duration, 3)
    return status.with_facts(duration=duration, notes=len(score.pitched_notes), **beats)


def _check(score: Score, most_seconds: int) -> None:
    notes = score.pitched_notes
    if not notes:
        raise ScoreError("has no notes but drums" if score.drum_hits else "has no notes")
    if sum(note.offset - note.onset for note in notes) < SHORTEST:
        raise ScoreError("has notes that last no time")
    if (duration := score.duration) > most_seconds:
        raise ScoreError(f"lasts {duration / 60:.0f} minutes, more than {most_seconds // 60}")
