"""Analyse a recording: compute Basic Pitch's activations and the mel spectrogram."""

import numpy as np

from mathrock.audio.mel_spectrogram import mel_spectrogram
from mathrock.audio.reading import AudioError, read_mono
from mathrock.songs.status import Status
from mathrock.transcription import basic_pitch


def analyse_recording(
    song: dict, file: str, model: str | None = None, threads: int = 1
) -> tuple[basic_pitch.Activations, np.ndarray, Status]:
    """Run Basic Pitch on a recording and compute its mel spectrogram.

    Args:
        song: fields of `mathrock.songs.song.Song`.
        file: the path of the recording on this machine.
        model, threads: as for `predict` in `transcription/basic_pitch`.

    Returns:
        The activations and the mel spectrogram, both empty if the recording cannot be used, and the
        song's status.
    """
    try:
        if song["problem"]:
            raise AudioError(song["problem"])
        recording = read_mono(file, basic_pitch.SAMPLE_RATE)
    except AudioError as error:
        nothing = np.zeros(0, np.float32)
        status = Status(song["id"], song["path"], False, str(error))
        return basic_pitch.empty(), mel_spectrogram(nothing), status
    facts = {
        "duration": round(recording.duration, 3),
        "sample_rate": recording.source_rate,
        "channels": recording.channels,
    }
    status = Status(song["id"], song["path"], warnings=recording.warnings, facts=facts)
    # First, because it copies the samples: the activations of hours are as large as these.
    spectrum = mel_spectrogram(recording.samples)
    return basic_pitch.predict(recording.samples, model, threads), spectrum, status
