"""Rule generate_vae: the VAE plays a path through its space for one take."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.generation.take import make_take
from mathrock.generation.take_settings import TakeSettings
from mathrock.latent.paths import stepper_for
from mathrock.latent.summary import read_latents
from mathrock.models.saved import load_model

name, settings = snakemake.wildcards.take, TakeSettings.from_params(snakemake.params.knobs)
model = load_model(snakemake.input.model)
latents = read_latents(snakemake.input.latents)
make_take(
    name,
    lambda start: stepper_for(settings, start, model, latents),
    settings,
    {name: value for name, value in snakemake.params.items() if name.startswith("code_")},
    snakemake.input,
    snakemake.output,
)
