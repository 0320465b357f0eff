"""Rule train_chords: the model of notes that belong together."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.models import chords
from mathrock.training import run

run.run(
    chords.build_model,
    snakemake.params.knobs,
    {name: value for name, value in snakemake.params.items() if name.startswith("code_")},
    list(snakemake.input),
    snakemake.output,
    snakemake.params.checkpoints,
    snakemake.params.tensorboard,
    snakemake.threads,
    lambda line: log_line(f"{snakemake.params.get('cell', 'chords')}: {line}"),
)
