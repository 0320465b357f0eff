"""Rule hear_song: what Basic Pitch hears in one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import activations
from mathrock.status import write_status
from mathrock.transcription import hear

heard, status = hear(snakemake.params.song, snakemake.input.listener, snakemake.threads)
if status.reason or status.warnings:
    tell(str(status))
activations.save(snakemake.output.activations, heard)
write_status(snakemake.output.status, status)
