"""Train a model on the packed songs: an engine that knows nothing of the model but its shapes.

Any Keras 3 backend runs it. Every epoch ends with a checkpoint, and everything random in an epoch
follows from the seed and the epoch's number, so a training that was killed goes on from its last
epoch to the same weights.
"""

import csv
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import ops

from mathrock.atomic import replacing, write_text
from mathrock.planes import PITCHES, PLANES
from mathrock.sequences import Sequences

PIANO = slice(21, 109)  # transposition never moves a note off the piano
COLUMNS = ("epoch", "train", "valid", "seconds")


class TrainingError(ValueError):
    """Training cannot go on; the message says why."""


@dataclass(frozen=True)
class Training:
    """Knobs of a training: see config.yaml."""

    epochs: int
    patience: int
    batch: int
    learning_rate: float
    transpose: tuple[int, int]
    seed: int


@keras.saving.register_keras_serializable("mathrock")
class NatsPerStep(keras.losses.Loss):
    """Binary cross-entropy in nats, summed over a step's pitches and planes, mean over steps."""

    def __init__(self, name="nats_per_step", reduction="mean_with_sample_weight", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        coins = ops.binary_crossentropy(y_true, y_pred, from_logits=True)
        return ops.sum(coins, axis=(-2, -1))


def train(
    sequences: Sequences,
    build: Callable[[np.ndarray], keras.Model],
    training: Training,
    checkpoints: Path,
    key: str,
    tensorboard: Path | None = None,
    tell: Callable[[str], None] = print,
) -> tuple[keras.Model, list[dict]]:
    """Train until validation stops getting better; return the best epoch's model and the history.

    Args:
        build: makes the model from the training songs' frequencies, float64 (128, 2).
        checkpoints: a folder for the last and the best epoch; what it holds is used only if it was
            written under the same `key`, a digest of everything that the result depends on.
        tell: gets a line of progress now and then.

    Raises:
        TrainingError: the loss is no longer a number.
    """
    _make_deterministic(training.seed)
    history = _resume(checkpoints, key)
    if history:
        tell(f"going on after epoch {len(history)}")
        model = _load(checkpoints, len(history))
    else:
        model = build(frequencies(sequences))
        optimizer = keras.optimizers.Adam(training.learning_rate, clipnorm=1.0)
        model.compile(optimizer, NatsPerStep())
    board = _Board(tensorboard, history)
    told = 0.0
    while len(history) < training.epochs and not _is_over(history, training.patience):
        epoch, began = len(history) + 1, time.monotonic()
        row = {"epoch": epoch, "train": _train_epoch(model, sequences, training, epoch)}
        row["valid"] = evaluate(model, sequences, "valid", training.batch)
        row["seconds"] = round(time.monotonic() - began, 3)
        if not np.isfinite(row["train"] + row["valid"]):
            raise TrainingError(
                f"the loss of epoch {epoch} is not a number; lower the learning rate, now"
                f" {training.learning_rate:g}"
            )
        history.append(row)
        _save(checkpoints, model, history)
        board.add(row)
        if time.monotonic() - told > 5:
            told = time.monotonic()
            tell(progress_line(history, training.epochs))
    tell(progress_line(history, training.epochs))
    return _load(checkpoints, best_epoch(history)), history


def best_epoch(history: list[dict]) -> int:
    """Number of the epoch with the least validation loss, the first of equals."""
    return min(history, key=lambda row: row["valid"])["epoch"]


def progress_line(history: list[dict], epochs: int) -> str:
    """The last epoch in a line: nats per step of training and validation songs."""
    row = history[-1]
    return (
        f"epoch {row['epoch']}/{epochs}: train {row['train']:.3f}, valid {row['valid']:.3f}"
        f" nats/step, {row['seconds']:.1f} s (best: epoch {best_epoch(history)})"
    )


def frequencies(sequences: Sequences) -> np.ndarray:
    """How often each pitch and plane is on in the training songs, (128, 2), never 0 or 1."""
    on, steps = np.zeros((PITCHES, len(PLANES))), 0
    for span in sequences.split("train"):
        for at in range(span.first, span.first + span.steps, 4096):
            roll = sequences.read(at, min(4096, span.first + span.steps - at))
            on += roll.sum(axis=0)
            steps += len(roll)
    return (on + 0.5) / (steps + 1)


def evaluate(model: keras.Model, sequences: Sequences, split: str, batch: int) -> float | None:
    """Nats per step over the windows of a split, or None where it has none."""
    total = weight = 0.0
    for steps, targets, weights in _batches(sequences, sequences.windows(split), batch):
        share = float(weights.sum())
        total += share * float(model.test_on_batch(steps, targets, weights))
        model.reset_metrics()
        weight += share
    return total / weight if weight else None


def _train_epoch(model, sequences, training, epoch) -> float:
    rng = np.random.default_rng([training.seed, epoch])
    windows = rng.permutation(sequences.windows("train"))
    _reseed_dropout(model, rng)
    total = weight = 0.0
    for steps, targets, weights in _batches(
        sequences, windows, training.batch, training.transpose, rng
    ):
        share = float(weights.sum())
        total += share * float(model.train_on_batch(steps, targets, weights))
        model.reset_metrics()
        weight += share
    return total / weight


def _batches(
    sequences: Sequences,
    windows: np.ndarray,
    batch: int,
    transpose: tuple[int, int] | None = None,
    rng: np.random.Generator | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Batches of one shape: (inputs, targets, weights); the input is the target a step later.

    The first step of a window is predicted from silence; padding weighs nothing.
    """
    shape = (batch, sequences.window_steps, PITCHES, len(PLANES))
    for at in range(0, len(windows), batch):
        targets = np.zeros(shape, np.float32)
        weights = np.zeros(shape[:2], np.float32)
        for row, (first, steps) in enumerate(windows[at : at + batch]):
            roll = sequences.read(first, steps)
            if transpose is not None:
                roll = _transposed(roll, transpose, rng)
            targets[row, :steps] = roll
            weights[row, :steps] = 1
        inputs = np.zeros(shape, np.float32)
        inputs[:, 1:] = targets[:, :-1]
        yield inputs, targets, weights


def _transposed(roll: np.ndarray, span: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Shift by some semitones of `span`, drawn evenly from those that stay on the piano."""
    pitches = np.flatnonzero(roll.any(axis=(0, 2)))
    if not len(pitches):
        return roll
    lowest = min(0, max(span[0], PIANO.start - pitches[0]))
    highest = max(0, min(span[1], PIANO.stop - 1 - pitches[-1]))
    return np.roll(roll, rng.integers(lowest, highest, endpoint=True), axis=1)


def _make_deterministic(seed: int) -> None:
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def _reseed_dropout(model: keras.Model, rng: np.random.Generator) -> None:
    for layer in model.layers:
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            state = rng.integers(2**31, size=generator.state.shape)
            generator.state.assign(ops.cast(state, generator.state.dtype))


def _is_over(history: list[dict], patience: int) -> bool:
    return bool(history) and len(history) - best_epoch(history) >= patience


def _save(folder: Path, model: keras.Model, history: list[dict]) -> None:
    """Write the epoch's model, then the history, whose last line makes the epoch count."""
    with replacing(_path(folder, len(history))) as temporary:
        model.save(temporary)
    write_history(folder / "history.csv", history)
    kept = {_path(folder, len(history)), _path(folder, best_epoch(history))}
    for path in folder.glob("epoch-*.keras"):
        if path not in kept:
            path.unlink()


def _resume(folder: Path, key: str) -> list[dict]:
    """History of the checkpoint in `folder` if it was made under `key`; else an empty folder."""
    marker = folder / "key"
    if not marker.is_file() or marker.read_text() != key:
        shutil.rmtree(folder, ignore_errors=True)
        write_text(marker, key)
    path = folder / "history.csv"
    history = read_history(path) if path.is_file() else []
    epochs = {len(history), best_epoch(history)} if history else set()
    if all(_path(folder, epoch).is_file() for epoch in epochs):
        return history
    shutil.rmtree(folder)  # a kill came while the folder was being removed
    write_text(marker, key)
    return []


def _load(folder: Path, epoch: int) -> keras.Model:
    return keras.saving.load_model(_path(folder, epoch))


def _path(folder: Path, epoch: int) -> Path:
    return folder / f"epoch-{epoch:05d}.keras"


def write_history(path: Path, history: list[dict]) -> None:
    """Write the epochs' losses as CSV, whole or not at all."""
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(history)


def read_history(path: Path) -> list[dict]:
    """Read what `write_history` wrote."""
    with path.open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return [{**row, "epoch": int(row["epoch"])} for row in rows]


class _Board:
    """Curves for TensorBoard; a training that goes on writes the earlier epochs again."""

    def __init__(self, folder: Path | None, history: list[dict]):
        self._writer = None
        if folder is not None:
            from tensorboard.summary import Writer

            shutil.rmtree(folder, ignore_errors=True)
            self._writer = Writer(str(folder))
            for row in history:
                self.add(row)

    def add(self, row: dict) -> None:
        if self._writer is not None:
            for name in ("train", "valid"):
                self._writer.add_scalar(f"nats_per_step/{name}", row[name], row["epoch"])
            self._writer.flush()
