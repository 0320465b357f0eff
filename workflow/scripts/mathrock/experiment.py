"""One training as a rule runs it: threads, resuming, the model, its measures, how it was made."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import keras
import numpy as np

from mathrock import training
from mathrock.atomic import replacing
from mathrock.provenance import how_made, write_json
from mathrock.sequences import SPLITS, Sequences

PACKAGES = ("keras", "numpy")
_TRAINING_KNOBS = training.Training.__dataclass_fields__


def run(
    build: Callable[[np.ndarray], keras.Model],
    knobs: dict,
    code: dict[str, str],
    inputs: list[str],
    outputs,
    checkpoints: str,
    tensorboard: str,
    threads: int,
    tell: Callable[[str], None],
) -> None:
    """Train, choose the best epoch, and write `outputs.model`, `.history` and `.metrics`.

    Args:
        build: as for `training.train`.
        knobs: the model's settings; those of `training.Training` are for the engine.
        code: digests of the code that the result depends on; with the settings and the inputs
            they decide whether a checkpoint may be gone on from.
        inputs: the packed sequences' files.
    """
    _limit_threads(threads)
    sequences = Sequences(Path(inputs[0]).parent)
    made = how_made(knobs, inputs, (*PACKAGES, keras.backend.backend())) | {"code": code}
    key = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    engine = {name: value for name, value in knobs.items() if name in _TRAINING_KNOBS}
    model, history = training.train(
        sequences,
        build,
        training.Training(**engine),
        Path(checkpoints),
        key,
        Path(tensorboard),
        tell,
    )
    metrics = {
        "nats_per_step": {
            split: training.evaluate(model, sequences, split, engine["batch"]) for split in SPLITS
        },
        "best_epoch": training.best_epoch(history),
        "epochs": len(history),
        "parameters": model.count_params(),
        "notes_per_second": _training_density(sequences),
        "data": sequences.summary(),
        "made": made,
    }
    with replacing(outputs.model) as temporary:
        model.save(temporary)
    training.write_history(Path(outputs.history), history)
    write_json(outputs.metrics, metrics)
    rmtree(checkpoints)


def _training_density(sequences: Sequences) -> float:
    """Notes a second over all training songs."""
    struck = steps = 0
    for span in sequences.split("train"):
        struck += int(sequences.read(span.first, span.steps)[:, :, 1].sum())
        steps += span.steps
    return round(struck / steps * sequences.steps_per_second, 3)


def _limit_threads(threads: int) -> None:
    """Use the cores that Snakemake gave the job."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
