"""One training as a rule runs it: threads, resuming, the model, its measures, how it was made."""

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
from mathrock.training.baselines import score_floors
from mathrock.training.likelihood import SongScore, nats_per_step, summarize

PACKAGES = ("keras", "numpy")
_TRAINING_KNOBS = trainer.Training.__dataclass_fields__


def run(
    build: Callable[..., keras.Model],
    knobs: dict,
    code: dict[str, str],
    inputs: list[str],
    outputs,
    checkpoints: str,
    tensorboard: str,
    threads: int,
    tell: Callable[[str], None],
    course: Callable = task.course,
) -> None:
    """Train, choose the best epoch, and write `outputs.model`, `.history` and `.metrics`.

    Args:
        build: a model's `build_model`: of the music and, by name, of the sizes among its knobs.
        knobs: the model's settings, see `divide`.
        code: digests of the code that the result depends on; with the settings and the inputs
            they decide whether a checkpoint may be gone on from.
        inputs: the packed sequences' files.
        course: gives the lessons, and the sizes that `build` is to know, of a model's sizes.

    The metrics are of the best epoch's model over whole songs, exact, or what the lessons have in
    their place, such as a bound; but `nats_per_step.train` is the mean over that epoch's crops of
    what was minimised. The floors are of the test songs, or of the
    validation songs where there are none: `floors.on` says which.
    """
    limit_threads(threads)
    sequences = Sequences(Path(inputs[0]).parent)
    made = collect_provenance(knobs, inputs, (*PACKAGES, keras.backend.backend())) | {"code": code}
    key = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    sizes, engine = divide(knobs)
    taught, sizes = course(sequences, sizes)
    model, history = trainer.train(
        sequences,
        lambda music: build(music, **sizes),
        trainer.Training(**engine),
        Path(checkpoints),
        key,
        Path(tensorboard),
        tell,
        taught,
    )
    found = {split: taught.score(model, split, engine["batch"]) for split in ("valid", "test")}
    scores = {split: of_songs for split, (of_songs, _) in found.items()}
    best = trainer.best_epoch(history)
    floors_on = "test" if scores["test"] else "valid"
    floors = score_floors(sequences, floors_on)
    metrics = {
        "nats_per_step": {"train": history[best - 1]["train"]}
        | {split: nats_per_step(found) for split, found in scores.items()},
        **{split: _told(*some) for split, some in found.items()},
        "floors": {"on": floors_on} | {name: summarize(found) for name, found in floors.items()},
        "best_epoch": best,
        "epochs": len(history),
        "seconds": round(sum(row["seconds"] for row in history), 1),
        "parameters": model.count_params(),
        "notes_per_second": _training_density(sequences),
        "data": windows.summarize(sequences),
        "made": made,
    }
    taught.finish(model, engine["batch"], outputs, tell)
    with replacing(outputs.model) as temporary:
        model.save(temporary)
    trainer.write_history(Path(outputs.history), history)
    write_json(outputs.metrics, metrics)
    rmtree(checkpoints)


def _told(scores: list[SongScore], besides: dict) -> dict | None:
    """What metrics.json tells of a split's songs, if there are any: of each its nats and steps, so
    that trainings can be compared song by song."""
    if not scores:
        return None
    of_songs = {score.song: [round(score.nats, 3), score.steps] for score in scores}
    return summarize(scores) | besides | {"of_songs": of_songs}


def divide(knobs: dict) -> tuple[dict, dict]:
    """A model's settings as those of its own, its sizes, and those of `training.Training`."""
    engine = {name: value for name, value in knobs.items() if name in _TRAINING_KNOBS}
    return {name: value for name, value in knobs.items() if name not in engine}, engine


def _training_density(sequences: Sequences) -> float:
    """Notes a second over all training songs."""
    struck, seconds = 0, 0.0
    for span in sequences.split("train"):
        struck += int(sequences.read(span.first, span.steps)[:, :, ONSET].sum())
        seconds += span.steps / sequences.rate(span.song)
    return round(struck / seconds, 3)


def limit_threads(threads: int) -> None:
    """Use the cores that Snakemake gave the job."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
