"""The models, their settings in config.yaml, and training them without the workflow."""

import sys
from importlib import import_module
from pathlib import Path

import keras
import yaml

from _library import ROOT
from _measure import usable_cores
from mathrock.dataset.sequences import Sequences
from mathrock.latent import task as latent_task
from mathrock.models.catalogue import CATALOGUE
from mathrock.training import run, task
from mathrock.training.trainer import Training, train

BUILT_BY = {name: import_module(f"mathrock.models.{name}") for name in sorted(CATALOGUE)}
# Those that go through a song step by step.
MODELS = {name: module for name, module in BUILT_BY.items() if CATALOGUE[name].is_stepwise}
COURSES = {name: latent_task.task_for for name in BUILT_BY if CATALOGUE[name].has_latents}


def stepper(model: str, network: keras.Model, takes: int):
    """Make the stepper of a model that goes through songs step by step."""
    return import_module(f"mathrock.models.{model}_stepper").Stepper(network, takes=takes)


def configured(model: str) -> tuple[dict, dict]:
    """The (sizes, training knobs) of a model in config.yaml."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return run.split_settings(config["models"][model])


def trained(
    model: str, sizes: dict, knobs: dict, packed: Sequences, checkpoints: Path, label: str = ""
) -> tuple[keras.Model, list[dict]]:
    """The best epoch's model and the history; progress goes to the standard error."""
    run.limit_threads(usable_cores())

    def log(line: str) -> None:
        print(f"{label}{line}", file=sys.stderr, flush=True)

    build = BUILT_BY[model].build_model
    taught, sizes = COURSES.get(model, task.task_for)(packed, sizes)
    return train(
        packed,
        lambda music: build(music, **sizes),
        Training(**knobs),
        checkpoints,
        key="",
        log=log,
        task=taught,
    )
