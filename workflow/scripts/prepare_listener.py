"""Rule prepare_listener: Basic Pitch's model, made faster."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.activations import bundled_model
from mathrock.listener import write_listener

write_listener(bundled_model(), snakemake.output[0])
