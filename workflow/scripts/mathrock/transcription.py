"""A recording -> its status and what Basic Pitch hears in it."""

from mathrock import activations
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
