"""Rule hear_song: what Basic Pitch hears in one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

import numpy as np

from mathrock import activations
from mathrock.atomic import replacing
from mathrock.status import write_status
from mathrock.steadyfile import unchanged
from mathrock.transcription import hear

song = snakemake.params.song
with unchanged(song):
    heard, levels, status = hear(song, snakemake.input.listener, snakemake.threads)
    activations.save(snakemake.output.activations, heard)
    with replacing(snakemake.output.spectrum) as temporary:
        np.save(temporary, levels)
    write_status(snakemake.output.status, status)
if status.reason or status.warnings:
    tell(str(status))
