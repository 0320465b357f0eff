"""A song -> its status and what it holds: recordings by ear, MIDI as it is."""

from mathrock import activations, midifile
from mathrock.audiofile import AudioError, read_mono
from mathrock.status import Status


def hear(
    song: dict, model: str | None = None, threads: int = 1
) -> tuple[activations.Activations, Status]:
    """Run Basic Pitch on a recording.

    Args:
        song: fields of `mathrock.songs.Song`.
        model: as for `mathrock.activations.predict`.

    Returns:
        The activations, empty where the recording cannot be used, and the song's status.
    """
    try:
        if song["problem"]:
            raise AudioError(song["problem"])
        recording = read_mono(song["path"], activations.SAMPLE_RATE)
    except AudioError as error:
        return activations.empty(), Status(song["id"], song["path"], False, str(error))
    facts = {
        "duration": round(recording.duration, 3),
        "sample_rate": recording.source_rate,
        "channels": recording.channels,
    }
    status = Status(song["id"], song["path"], warnings=recording.warnings, facts=facts)
    return activations.predict(recording.samples, model, threads), status


def take_in(song: dict) -> tuple[midifile.Score, Status]:
    """Read a song that is MIDI; an empty score where it cannot be used."""
    try:
        if song["problem"]:
            raise midifile.MidiError(song["problem"])
        score = midifile.read_score(song["path"])
    except midifile.MidiError as error:
        return midifile.Score([]), Status(song["id"], song["path"], False, str(error))
    notes = score.pitched_notes
    duration = round(max((note.offset for note in notes), default=0.0), 3)
    status = Status(song["id"], song["path"], facts={"duration": duration, "notes": len(notes)})
    return score, status if notes else status.failed("has no notes but drums")
