"""Rule examine_vae: do windows come back, are ways smooth, are there seams?"""

from pathlib import Path

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.files.json_files import write_json
from mathrock.latent.quality import examine
from mathrock.models.saved import load_model

model = load_model(snakemake.input.model)
folder = Path(snakemake.input.sequences[0]).parent
write_json(snakemake.output[0], examine(model, snakemake.input.latents, folder))
