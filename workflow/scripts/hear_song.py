"""Rule hear_song: what Basic Pitch hears in one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

import numpy as np

from mathrock import activations
from mathrock.atomic import replacing
from mathrock.status import write_status
from mathrock.transcription import hear

song, listener = snakemake.params.song, snakemake.input.listener
file = snakemake.input.song or song["path"]
heard, levels, status = hear(song, file, listener, snakemake.threads)
if status.reason or status.warnings:
    tell(str(status))
activations.save(snakemake.output.activations, heard)
with replacing(snakemake.output.spectrum) as temporary:
    np.save(temporary, levels)
write_status(snakemake.output.status, status)
