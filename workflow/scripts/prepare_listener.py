"""Rule prepare_listener: Basic Pitch's model, made faster."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.transcription.basic_pitch import bundled_model
from mathrock.transcription.basic_pitch_graph import rewrite_model

rewrite_model(bundled_model(), snakemake.output[0])
