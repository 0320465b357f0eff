"""Run a training as a rule does: train or resume, evaluate, write model, history and metrics."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import keras

from mathrock.dataset import windows
from mathrock.dataset.sequences import Sequences
from mathrock.files.atomic import replacing
from mathrock.files.json_files import write_json
from mathrock.files.provenance import collect_provenance
from mathrock.pianoroll.planes import ONSET
from mathrock.training import task, trainer
from mathrock.training.baselines import score_baselines
from mathrock.training.likelihood import SongScore, nats_per_step, summarize

PACKAGES = ("keras", "numpy")
_TRAINER_SETTINGS = trainer.Training.__dataclass_fields__


def run(
    build: Callable[..., keras.Model],
    knobs: dict,
    code: dict[str, str],
    inputs: list[str],
    outputs,
    checkpoints: str,
    tensorboard: str,
    threads: int,
    log: Callable[[str], None],
    task_for: Callable = task.task_for,
) -> None:
    """Train, choose the best epoch, and write `outputs.model`, `.history` and `.metrics`.

    Args:
        build: a model's `build_model`, of `MusicFacts` and, by name, the sizes among its settings.
        knobs: the model's settings, see `split_settings`.
        code: digests of the code that the result depends on; with the settings and the inputs
            they decide whether a training may resume from a checkpoint.
        inputs: the packed sequences' files.
        task_for: makes the task, and the sizes for `build`, from the sequences and a model's sizes.

    The metrics are those of the best epoch's model over whole songs, exact unless the task computes
    a bound. Only `nats_per_step.train` is the mean of the loss over that epoch's crops. Baselines
    are scored on the test songs, or on the validation songs where there are no test songs:
    `floors.on` says which.
    """
    limit_threads(threads)
    sequences = Sequences(Path(inputs[0]).parent)
    made = collect_provenance(knobs, inputs, (*PACKAGES, keras.backend.backend())) | {"code": code}
    key = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    sizes, settings = split_settings(knobs)
    training_task, sizes = task_for(sequences, sizes)
    model, history = trainer.train(
        sequences,
        lambda music: build(music, **sizes),
        trainer.Training(**settings),
        Path(checkpoints),
        key,
        Path(tensorboard),
        log,
        training_task,
    )
    found = {
        split: training_task.score(model, split, settings["batch"]) for split in ("valid", "test")
    }
    scores = {split: of_songs for split, (of_songs, _) in found.items()}
    best = trainer.best_epoch(history)
    baselines_on = "test" if scores["test"] else "valid"
    baseline_scores = score_baselines(sequences, baselines_on)
    metrics = {
        "nats_per_step": {"train": history[best - 1]["train"]}
        | {split: nats_per_step(found) for split, found in scores.items()},
        **{split: _split_metrics(*some) for split, some in found.items()},
        "floors": {"on": baselines_on}
        | {name: summarize(found) for name, found in baseline_scores.items()},
        "best_epoch": best,
        "epochs": len(history),
        "seconds": round(sum(row["seconds"] for row in history), 1),
        "parameters": model.count_params(),
        "notes_per_second": _training_density(sequences),
        "data": windows.summarize(sequences),
        "made": made,
    }
    training_task.finish(model, settings["batch"], outputs, log)
    with replacing(outputs.model) as temporary:
        model.save(temporary)
    trainer.write_history(Path(outputs.history), history)
    write_json(outputs.metrics, metrics)
    rmtree(checkpoints)


def _split_metrics(scores: list[SongScore], more: dict) -> dict | None:
    """Summarize a split's scores for metrics.json; None without songs.

    `of_songs` has the nats and the steps of each song, so that trainings can be compared song by
    song.
    """
    if not scores:
        return None
    of_songs = {score.song: [round(score.nats, 3), score.steps] for score in scores}
    return summarize(scores) | more | {"of_songs": of_songs}


def split_settings(knobs: dict) -> tuple[dict, dict]:
    """Split a model's settings into its sizes and those of `trainer.Training`."""
    settings = {name: value for name, value in knobs.items() if name in _TRAINER_SETTINGS}
    return {name: value for name, value in knobs.items() if name not in settings}, settings


def _training_density(sequences: Sequences) -> float:
    """Compute the notes a second over all training songs."""
    onsets, seconds = 0, 0.0
    for span in sequences.split("train"):
        onsets += int(sequences.read(span.first, span.steps)[:, :, ONSET].sum())
        seconds += span.steps / sequences.rate(span.song)
    return round(onsets / seconds, 3)


def limit_threads(threads: int) -> None:
    """Use the cores that Snakemake gave the job."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
