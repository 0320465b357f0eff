"""What the trainings of all models have in common: files and params. Each model has rules of its own.

A rule a model: each follows its own code. Snakemake lets no rule take another's place with another
script, so `use rule` serves for experiments alone.
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
