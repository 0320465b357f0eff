"""Import a song that is a MIDI file: read its score and summarize it in a status."""

from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.reader import read_score
from mathrock.music.beat_confidence import beat_facts
from mathrock.music.score import Score
from mathrock.songs.status import Status


def import_midi_song(song: dict, file: str) -> tuple[Score, Status]:
    """Read a MIDI song and make its status; the score is empty if the song cannot be used.

    Args:
        song: fields of `mathrock.songs.song.Song`.
        file: the path of the song's file on this machine.
    """
    try:
        if song["problem"]:
            raise ScoreError(song["problem"])
        score = read_score(file)
    except ScoreError as error:
        return Score([]), Status(song["id"], song["path"], False, str(error))
    notes = score.pitched_notes
    duration = round(max((note.offset for note in notes), default=0.0), 3)
    facts = {"duration": duration, "notes": len(notes), **beat_facts(score)}
    status = Status(song["id"], song["path"], facts=facts)
    return score, status if notes else status.failed("has no notes but drums")
