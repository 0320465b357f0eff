"""A recording -> its status, its spectrum, and what Basic Pitch hears in it."""

import numpy as np

from mathrock import activations
from mathrock.audiofile import AudioError, read_mono
from mathrock.spectrum import spectrum
from mathrock.status import Status


def hear(
    song: dict, file: str, model: str | None = None, threads: int = 1
) -> tuple[activations.Activations, np.ndarray, Status]:
    """Run Basic Pitch on a recording.

    Args:
        song: fields of `mathrock.songs.Song`.
        file: where its recording is on this machine.
        model: as for `mathrock.activations.predict`.

    Returns:
        The activations and the spectrum, empty where the recording cannot be used, and the song's
        status.
    """
    try:
        if song["problem"]:
            raise AudioError(song["problem"])
        recording = read_mono(file, activations.SAMPLE_RATE)
    except AudioError as error:
        nothing = np.zeros(0, np.float32)
        status = Status(song["id"], song["path"], False, str(error))
        return activations.empty(), spectrum(nothing), status
    facts = {
        "duration": round(recording.duration, 3),
        "sample_rate": recording.source_rate,
        "channels": recording.channels,
    }
    status = Status(song["id"], song["path"], warnings=recording.warnings, facts=facts)
    heard = activations.predict(recording.samples, model, threads)
    return heard, spectrum(recording.samples), status
