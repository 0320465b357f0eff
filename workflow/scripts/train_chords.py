"""Rule train_chords: the model of notes that belong together."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import chords, experiment

knobs = snakemake.params.knobs
sizes = {name: knobs[name] for name in ("units", "layers", "depth", "dropout", "height")}
experiment.run(
    lambda music: chords.build_model(music, **sizes),
    knobs,
    {name: value for name, value in snakemake.params.items() if name.startswith("code_")},
    list(snakemake.input),
    snakemake.output,
    snakemake.params.checkpoints,
    snakemake.params.tensorboard,
    snakemake.threads,
    lambda line: tell(f"chords: {line}"),
)
