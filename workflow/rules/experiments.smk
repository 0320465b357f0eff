"""The same models with other settings, from several seeds, side by side.

A cell is a training as any other: what the rules of the models say holds (`use rule train_x as
try_x`), but for the knobs and for where all lies. Cells wait for what takes need.
"""

# The experiments' trainings, as paths below results/experiments.
CELLS = [
    cell for name, experiment in EXPERIMENTS.items() for cell in experiment.cells(name)
]
COMPARED_CELLS = collect("results/experiments/{experiment}.tsv", experiment=EXPERIMENTS)
MADE_CELLS = [
    *collect(
        "results/experiments/{cell}/{file}",
        cell=CELLS,
        file=["model.keras", "metrics.json"],
    ),
    *collect(
        "results/experiments/{cell}/latents.npz",
        cell=[cell for cell in CELLS if CATALOGUE[Path(cell).parts[1]].has_latents],
    ),
    *COMPARED_CELLS,
]


def files_of_cell(model):
    """The outputs of a model's training for an experiment."""
    folder = f"results/experiments/{{experiment}}/{model}/{{setting}}/{{seed}}"
    return {
        "model": f"{folder}/model.keras",
        "history": f"{folder}/history.csv",
        "metrics": f"{folder}/metrics.json",
        **latents_in(model, folder),
    }


def params_of_cell(model):
    """What a training for an experiment does otherwise than the model's own."""
    cell = f"{{experiment}}/{model}/{{setting}}/{{seed}}"
    return {
        "knobs": get_cell_knobs(model),
        "checkpoints": f"results/experiments/{cell}/checkpoints",
        "tensorboard": f"results/experiments/{cell}/tensorboard",
        "cell": cell,
    }


def get_cell_knobs(model):
    """A param function: the knobs of the model's training for an experiment."""

    def get(wildcards):
        knobs = EXPERIMENTS[wildcards.experiment].knobs
        if (model, wildcards.setting) not in knobs:
            raise WorkflowError(
                f"the experiment {wildcards.experiment} does not try {model} with a setting"
                f" {wildcards.setting}: see experiments in config.yaml"
            )
        return knobs[model, wildcards.setting] | {"seed": int(wildcards.seed)}

    return get


def get_cell_metrics(wildcards):
    """The metrics of all trainings of an experiment."""
    name = wildcards.experiment
    return collect(
        "results/experiments/{cell}/metrics.json", cell=EXPERIMENTS[name].cells(name)
    )


rule compare_settings:
    """Compare an experiment's trainings: a row for each model with each setting."""
    input:
        get_cell_metrics,
    output:
        report(
            "results/experiments/{experiment}.tsv",
            caption="../report/captions/experiment.rst",
            category="Experiments",
            labels={"experiment": "{experiment}"},
        ),
    log:
        "results/logs/compare_settings/{experiment}.log",
    benchmark:
        "results/benchmarks/compare_settings/{experiment}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(5),
    params:
        **code_of("compare_settings.py"),
        base=lambda wildcards: EXPERIMENTS[wildcards.experiment].base,
    message:
        "Comparing the settings of {wildcards.experiment}"
    script:
        "../scripts/compare_settings.py"
