"""A song that is MIDI already -> its status and its score."""

from mathrock.formats import midi
from mathrock.music.beat_confidence import beat_facts
from mathrock.songs.status import Status


def take_in(song: dict, file: str) -> tuple[midi.Score, Status]:
    """Read a song that is MIDI from `file`; an empty score where it cannot be used."""
    try:
        if song["problem"]:
            raise midi.MidiError(song["problem"])
        score = midi.read_score(file)
    except midi.MidiError as error:
        return midi.Score([]), Status(song["id"], song["path"], False, str(error))
    notes = score.pitched_notes
    duration = round(max((note.offset for note in notes), default=0.0), 3)
    facts = {"duration": duration, "notes": len(notes), **beat_facts(score)}
    status = Status(song["id"], song["path"], facts=facts)
    return score, status if notes else status.failed("has no notes but drums")
