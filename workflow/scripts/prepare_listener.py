"""Rule prepare_listener: Basic Pitch's model, made faster."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.transcription.basic_pitch import bundled_model
from mathrock.transcription.basic_pitch_graph import write_listener

write_listener(bundled_model(), snakemake.output[0])
