"""Rule train_vae: windows of songs as points in a space."""

from mathrock.jobs.log import log_to, tell

log_to(snakemake.log[0])

from mathrock.latent import task
from mathrock.models import vae
from mathrock.training import run

run.run(
    vae.build_model,
    snakemake.params.knobs,
    {name: value for name, value in snakemake.params.items() if name.startswith("code_")},
    list(snakemake.input),
    snakemake.output,
    snakemake.params.checkpoints,
    snakemake.params.tensorboard,
    snakemake.threads,
    lambda line: tell(f"{snakemake.params.get('cell', 'vae')}: {line}"),
    task.task_for,
)
