"""What the rules of all models have in common: files and params of trainings and takes.

Each model has rules of its own, in {model}.smk, because each follows its own code. `use rule` lets no
rule have another script than its base, and a rule made of another keeps that one's params.
"""


def latents_in(model, folder):
    """The file of windows as points in a space, of the models that have such a space."""
    return {"latents": f"{folder}/latents.npz"} if CATALOGUE[model].has_latents else {}


def files_of_training(model):
    """The outputs of a model's training."""
    folder = f"results/models/{model}"
    return {
        "model": f"{folder}/model.keras",
        **latents_in(model, folder),
        "history": report(
            f"{folder}/history.csv",
            caption="../report/captions/history.rst",
            category="Models",
            labels={"model": model, "what": "history"},
        ),
        "metrics": report(
            f"{folder}/metrics.json",
            caption="../report/captions/metrics.rst",
            category="Models",
            labels={"model": model, "what": "metrics"},
        ),
    }


def params_of_training(model):
    """The code, the settings and the places of a model's training."""
    return {
        **code_of(f"train_{model}.py"),
        "knobs": config["models"][model],
        "checkpoints": f"results/models/{model}/checkpoints",
        "tensorboard": f"results/models/{model}/tensorboard",
    }


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


# A take's snippet is chosen anew for each model, by the function that `choose_snippets` calls, and not
# read from a table: Snakemake runs all that depends on a job that runs, so that one edited take would
# make all takes stale.
def inputs_of_take(model):
    """The inputs of a model's takes."""
    folder = f"results/models/{model}"
    return {
        "model": f"{folder}/model.keras",
        **latents_in(model, folder),
        "sequences": [*SEQUENCES, *PLAYED],
        "found_keys": "results/keys.tsv",
    }


def params_of_take(model):
    """The code and the settings of a model's takes."""
    return {
        **code_of(f"generate_{model}.py"),
        "knobs": lambda wildcards: TAKES[wildcards.take].knobs_of(model),
    }
