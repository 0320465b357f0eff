"""Rule train_vae: windows of songs as points in a space."""

from mathrock.jobs.log import log_line, log_to

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
    lambda line: log_line(f"{snakemake.params.get('cell', 'vae')}: {line}"),
    task.task_for,
)
