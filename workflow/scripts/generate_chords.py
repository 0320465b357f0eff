"""Rule generate_chords: the chords continue a snippet for one take."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.generation.take import make_take, takes_at_once
from mathrock.generation.take_settings import TakeSettings
from mathrock.models.chords_stepper import Stepper
from mathrock.models.saved import load_model

settings = TakeSettings.from_params(snakemake.params.knobs)
model = load_model(snakemake.input.model)
make_take(
    snakemake.wildcards.take,
    lambda start: Stepper(model, takes=takes_at_once(settings)),
    settings,
    {name: value for name, value in snakemake.params.items() if name.startswith("code_")},
    snakemake.input,
    snakemake.output,
)
