"""Rule train_lstm: the baseline model."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import experiment, lstm

knobs = snakemake.params.knobs
sizes = {name: knobs[name] for name in ("units", "layers", "dropout", "echoes")}
experiment.run(
    lambda music: lstm.build_model(music, **sizes),
    knobs,
    {name: value for name, value in snakemake.params.items() if name.startswith("code_")},
    list(snakemake.input),
    snakemake.output,
    snakemake.params.checkpoints,
    snakemake.params.tensorboard,
    snakemake.threads,
    lambda line: tell(f"lstm: {line}"),
)
