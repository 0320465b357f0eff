"""The models, their settings in config.yaml, and training them without the workflow."""

import sys
from pathlib import Path

import keras
import yaml

from _library import ROOT
from _measure import usable_cores
from mathrock.dataset.sequences import Sequences
from mathrock.latent import task as latent_task
from mathrock.models import chords, chords_stepper, lstm, lstm_stepper, vae
from mathrock.training import run, task
from mathrock.training.trainer import Training, train

MODELS = {"chords": chords, "lstm": lstm}  # those that go through a song step by step
BUILT_BY = {**MODELS, "vae": vae}
STEPPERS = {"chords": chords_stepper.Stepper, "lstm": lstm_stepper.Stepper}
COURSES = {"vae": latent_task.task_for}


def configured(model: str) -> tuple[dict, dict]:
    """The (sizes, training knobs) of a model in config.yaml."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return run.divide(config["models"][model])


def trained(
    model: str, sizes: dict, knobs: dict, packed: Sequences, checkpoints: Path, label: str = ""
) -> tuple[keras.Model, list[dict]]:
    """The best epoch's model and the history; progress goes to the standard error."""
    run.limit_threads(usable_cores())

    def tell(line: str) -> None:
        print(f"{label}{line}", file=sys.stderr, flush=True)

    build = BUILT_BY[model].build_model
    taught, sizes = COURSES.get(model, task.course)(packed, sizes)
    return train(
        packed,
        lambda music: build(music, **sizes),
        Training(**knobs),
        checkpoints,
        key="",
        tell=tell,
        lessons=taught,
    )
