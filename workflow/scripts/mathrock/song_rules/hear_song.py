"""Rule hear_song: compute Basic Pitch's activations and the mel spectrogram of a recording."""

import numpy as np

from mathrock.files.atomic import replacing
from mathrock.files.unchanged import unchanged
from mathrock.songs.status import write_status
from mathrock.transcription import basic_pitch
from mathrock.transcription.recording import analyse_recording


def run(job, log) -> None:
    """Run a job of the rule; `job` has the attributes of the `snakemake` object of scripts."""
    song = job.params.song
    file = job.input.song or song["path"]
    with unchanged(song, file):
        activations, levels, status = analyse_recording(song, file, job.input.listener, job.threads)
        basic_pitch.save(job.output.activations, activations)
        with replacing(job.output.spectrum) as temporary:
            np.save(temporary, levels)
        write_status(job.output.status, status)
    if status.reason or status.warnings:
        log(str(status))
