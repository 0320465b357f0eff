"""Train a model on the packed songs; the trainer knows only the model's inputs.

It runs on any Keras 3 backend. Every epoch ends with a checkpoint, and all randomness of an epoch
follows from the seed and the epoch's number, so a training that was killed resumes after its last
epoch and reaches the same weights.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import cos, gcd, isfinite, pi
from pathlib import Path

import keras
import numpy as np
from keras import ops

from mathrock.dataset.sequences import Sequences
from mathrock.files.arrays import check_zip, read_arrays
from mathrock.files.atomic import replacing, write_text
from mathrock.files.damage import DamagedFile, reading
from mathrock.files.tsv import read_rows, write_rows
from mathrock.models.music_facts import MusicFacts
from mathrock.training.likelihood import SongScore, first_memory, nats_per_step
from mathrock.training.music_statistics import describe
from mathrock.training.task import SongTask

COLUMNS = ("epoch", "train", "valid", "seconds", "steps_per_second", "learning_rate")
WARMUP = 100  # batches until the learning rate is reached
CLIP = 1.0  # the most that all gradients together may measure
TELL_SECONDS, LONG_SECONDS = 5, 20  # between two lines, after epochs and within one


class TrainingError(ValueError):
    """Raised where a training cannot go on; the message says why."""


@dataclass(frozen=True)
class Training:
    """Settings of a training: see config.yaml.

    transpose, stretch, rotate: augmentation of crops, see `dataset.crops`.
    unlabelled: condition dropout, the share of crops without their conditioning vector, 0-1.
    decay: what the learning rate does over the epochs: "cosine" and "linear" take it to 0.
    average: share of the old in the running average of the weights, 0-1, which is what is validated
        and returned; 0 averages nothing.
    weight_decay: decoupled, as in AdamW; vectors, which biases and scales are, do not decay.
    mixed_precision: compute in bfloat16 while training, and while choosing the epoch, where there
        is a GPU; what is returned computes in float32.
    minutes: a limit of wall time to which the decay fits itself, and in which the last epoch ends
        before its time if need be. A training with a limit does not come out the same twice.
    """

    epochs: int
    patience: int
    batch: int
    learning_rate: float
    transpose: tuple[int, int]
    seed: int
    decay: str = "cosine"
    average: float = 0.0
    weight_decay: float = 0.0
    mixed_precision: bool = False
    stretch: float = 0.0
    rotate: bool = False
    unlabelled: float = 0.25
    minutes: float | None = None


def train(
    sequences: Sequences,
    build: Callable[[MusicFacts], keras.Model],
    training: Training,
    checkpoints: Path,
    key: str,
    tensorboard: Path | None = None,
    log: Callable[[str], None] = print,
    task=None,
) -> tuple[keras.Model, list[dict]]:
    """Train until validation stops getting better; return the best epoch's model and the history.

    On several devices of the JAX backend each takes its share of a batch; on TensorFlow Keras's
    distribution is not complete and one device does all.

    Args:
        build: makes the model for the training songs.
        checkpoints: a folder for the last and the best epoch; what it holds is used only if it was
            written under the same `key`, a digest of everything that the result depends on.
        log: gets a line of progress now and then.
        task: makes batches and validates, see `training.task`; None: that of songs.

    Raises:
        TrainingError: the loss is no longer a number; the message names the songs.
    """
    _make_deterministic(training.seed)
    _share_among_devices(training.batch)
    music = describe(sequences, training.transpose)
    task = task or SongTask(sequences)
    history = _resume(checkpoints, key, log)
    learner = _Learner(_built(build, music, training.mixed_precision), training)
    if history:
        log(f"going on after epoch {len(history)}")
        learner.load(_last(checkpoints, len(history)))
    news, board = _News(log), _Board(tensorboard, history)
    began = time.monotonic() - sum(row["seconds"] for row in history)

    def minutes() -> float:
        return (time.monotonic() - began) / 60

    while not _is_over(history, training, minutes()):
        row = _train_epoch(learner, task, training, len(history) + 1, minutes, news)
        history.append(row)
        _save(checkpoints, learner, history)
        board.add(row)
        news(progress_line(history, training.epochs), TELL_SECONDS)
    log(progress_line(history, training.epochs))
    best = _built(build, music, mixed_precision=False)
    _read_variables(_best(checkpoints, best_epoch(history)), best.weights)
    return best, history


def best_epoch(history: list[dict]) -> int:
    """Find the epoch with the least validation loss, the first of equals."""
    return min(history, key=lambda row: row["valid"])["epoch"]


def progress_line(history: list[dict], epochs: int) -> str:
    """Format the last epoch as a line: nats per step, training and validation, and more."""
    row = history[-1]
    shown = [f", {name} {value:.3g}" for name, value in row.items() if name not in COLUMNS]
    return (
        f"epoch {row['epoch']}/{epochs}: train {row['train']:.3f}, valid {row['valid']:.3f}"
        f" nats/step{''.join(shown)}, {row['seconds']:.1f} s,"
        f" {row['steps_per_second']:.0f} steps/s"
        f" (best: epoch {best_epoch(history)})"
    )


def learning_rate(training: Training, batches: int, progress: float) -> float:
    """Compute the learning rate of the next batch.

    Args:
        batches: learned so far.
        progress: how much of the training is over, 0-1.
    """
    decay = {"cosine": (1 + cos(pi * progress)) / 2, "linear": 1 - progress, "none": 1.0}
    warmup = min(1.0, (batches + 1) / WARMUP)
    return training.learning_rate * warmup * decay[training.decay]


def _train_epoch(learner, task, training, epoch, minutes, news) -> dict:
    """Train for an epoch or the time that is left, and validate: a row of the history."""
    began = time.monotonic()
    rng = np.random.default_rng([training.seed, epoch])
    count, batches = task.epoch(learner.model, training, rng)
    learner.reseed(rng)
    total = steps = 0.0
    for number, (inputs, weights, songs) in enumerate(batches):
        progress = (epoch - 1 + number / count) / training.epochs
        if training.minutes is not None:
            progress = min(1.0, max(progress, minutes() / training.minutes))
        rate = learning_rate(training, learner.batches, progress)
        loss = learner.learn(inputs, weights, rate)
        if not isfinite(loss):
            raise _no_number(f"epoch {epoch}", songs, training)
        total += loss * float(weights.sum())
        steps += float(weights.sum())
        seconds = time.monotonic() - began
        news(
            f"epoch {epoch}/{training.epochs}, {(number + 1) / count:.0%} of it: train"
            f" {total / steps:.3f} nats/step so far, {steps / seconds:.0f} steps/s",
            LONG_SECONDS,
        )
        if training.minutes is not None and minutes() >= training.minutes:
            break
    with learner.averaged():
        scores, shown = task.validate(learner.model, training.batch)
    _check_numbers(scores, epoch, training)
    return {
        "epoch": epoch,
        "train": total / steps,
        "valid": nats_per_step(scores),
        "seconds": round(time.monotonic() - began, 3),
        "steps_per_second": round(steps / seconds, 1),
        "learning_rate": rate,
        **shown,
    }


def _check_numbers(scores: list[SongScore], epoch: int, training: Training) -> None:
    songs = [score.song for score in scores if not isfinite(score.nats)]
    if songs:
        raise _no_number(f"the validation after epoch {epoch}", songs, training)


def _no_number(where: str, songs: list[str], training: Training) -> TrainingError:
    names = list(dict.fromkeys(songs))
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return TrainingError(
        f"the loss in {where} is not a number (songs: {listed}); lower the learning rate, now"
        f" {training.learning_rate:g}"
    )


class _Learner:
    """A model with its loss, its optimizer and the average of its weights."""

    def __init__(self, model: keras.Model, training: Training):
        self.model = model
        self._optimizer = keras.optimizers.Adam(
            training.learning_rate,
            weight_decay=training.weight_decay or None,
            global_clipnorm=CLIP,
            use_ema=training.average > 0,
            ema_momentum=training.average,
        )
        # The memory after a crop is nobody's target.
        self._compiled = keras.Model(model.input, model.output["nats"])
        self._compiled.compile(self._optimizer, NatsPerStep())
        variables = self._compiled.trainable_variables
        vectors = [variable for variable in variables if len(variable.shape) < 2]
        self._optimizer.exclude_from_weight_decay(var_list=vectors)
        self._optimizer.build(variables)
        self._memory = first_memory(model, training.batch)

    @property
    def batches(self) -> int:
        """Count the batches that were learned."""
        return int(self._optimizer.iterations)

    def learn(self, inputs: dict, weights: np.ndarray, rate: float) -> float:
        """Train on a batch; return its mean nats per step."""
        self._optimizer.learning_rate = rate
        inputs = inputs | self._memory
        loss = self._compiled.train_on_batch(inputs, np.zeros_like(weights), weights)
        self._compiled.reset_metrics()
        return float(loss)

    def reseed(self, rng: np.random.Generator) -> None:
        """Seed everything random in the model from `rng`."""
        for variable in self.model.variables:
            if variable.name == "seed_generator_state":
                state = rng.integers(2**31, size=variable.shape)
                variable.assign(ops.cast(state, variable.dtype))

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Use the averaged weights within the block, if weights are averaged."""
        variables = self._compiled.trainable_variables
        learned = [np.asarray(variable).copy() for variable in variables]
        self._optimizer.finalize_variable_values(variables)
        for variable in variables:
            variable.assign(np.asarray(variable).copy())  # JAX gives arrays away after use
        try:
            yield
        finally:
            for variable, value in zip(variables, learned, strict=True):
                variable.assign(value)

    def save(self, path: Path) -> None:
        """Write all weights and the optimizer's state."""
        _write_variables(path, [*self.model.weights, *self._optimizer.variables])

    def load(self, path: Path) -> None:
        """Read what `save` wrote."""
        _read_variables(path, [*self.model.weights, *self._optimizer.variables])


@keras.saving.register_keras_serializable("mathrock")
class NatsPerStep(keras.losses.Loss):
    """The weighted mean over steps of the nats that the model itself computes."""

    def __init__(self, name="nats_per_step", reduction="mean_with_sample_weight", dtype="float32"):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        """Return the nats of each step as they come."""
        return y_pred


def _make_deterministic(seed: int) -> None:
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def _share_among_devices(batch: int) -> None:
    """Split each batch evenly among as many devices as divide it, on the JAX backend."""
    if keras.backend.backend() == "jax":
        devices = keras.distribution.list_devices()
        devices = devices[: gcd(batch, len(devices))]
        if len(devices) > 1:
            parallel = keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False)
            keras.distribution.set_distribution(parallel)
        else:
            keras.distribution.set_distribution(None)  # what an earlier training may have set


def _built(build: Callable, music: MusicFacts, mixed_precision: bool) -> keras.Model:
    """Build the model; only training ever computes in less than float32."""
    usual = keras.config.dtype_policy()
    if mixed_precision and _has_gpu():
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        return build(music)
    finally:
        keras.config.set_dtype_policy(usual)


def _has_gpu() -> bool:
    """Look for a GPU in the list of all devices: JAX raises an error for a kind that it lacks."""
    return any(name.lower().startswith("gpu") for name in keras.distribution.list_devices())


def _is_over(history: list[dict], training: Training, minutes: float) -> bool:
    if not history:
        return False
    return (
        len(history) >= training.epochs
        or len(history) - best_epoch(history) >= training.patience
        or (training.minutes is not None and minutes >= training.minutes)
    )


def _save(folder: Path, learner: _Learner, history: list[dict]) -> None:
    """Write the epoch's variables, then the history, whose last line makes the epoch count."""
    epoch, best = len(history), best_epoch(history)
    if epoch == best:
        with learner.averaged():
            _write_variables(_best(folder, epoch), learner.model.weights)
    learner.save(_last(folder, epoch))
    write_history(folder / "history.csv", history)
    for path in folder.glob("*.npz"):
        if path not in (_last(folder, epoch), _best(folder, best)):
            path.unlink()


def _resume(folder: Path, key: str, log: Callable[[str], None]) -> list[dict]:
    """Read the history of a checkpoint made under `key`; empty the folder of any other."""
    marker, path = folder / "key", folder / "history.csv"
    try:
        if marker.read_bytes() == key.encode() and path.is_file():
            history = read_history(path)
            check_zip(_last(folder, len(history)))
            check_zip(_best(folder, best_epoch(history)))
            return history
    except FileNotFoundError:
        pass  # there is none yet, or a kill came while the folder was being removed
    except DamagedFile as error:
        log(f"beginning anew: {error}".removesuffix(": delete it and run again"))
    shutil.rmtree(folder, ignore_errors=True)
    write_text(marker, key)
    return []


def _last(folder: Path, epoch: int) -> Path:
    return folder / f"last-{epoch:05d}.npz"


def _best(folder: Path, epoch: int) -> Path:
    return folder / f"best-{epoch:05d}.npz"


def _write_variables(path: Path, variables: list) -> None:
    with replacing(path) as temporary:
        np.savez(temporary, *[np.asarray(variable) for variable in variables])


def _read_variables(path: Path, variables: list) -> None:
    values = read_arrays(path)
    for index, variable in enumerate(variables):
        variable.assign(values[f"arr_{index}"])


class _News:
    """A logger of progress that leaves seconds between two lines."""

    def __init__(self, log: Callable[[str], None]):
        self._log, self._told = log, time.monotonic()

    def __call__(self, line: str, seconds: float) -> None:
        """Log a line if none was logged for some seconds."""
        if time.monotonic() - self._told >= seconds:
            self._told = time.monotonic()
            self._log(line)


def write_history(path: Path, history: list[dict]) -> None:
    """Write the epochs as CSV, whole or not at all."""
    write_rows(path, history[0], (row.values() for row in history))


def read_history(path: Path) -> list[dict]:
    """Read what `write_history` wrote."""
    with reading(path):
        rows = [{name: float(value) for name, value in row.items()} for row in read_rows(path)]
        return [{**row, "epoch": int(row["epoch"])} for row in rows]


class _Board:
    """A writer of curves for TensorBoard; a resumed training writes the earlier epochs again."""

    def __init__(self, folder: Path | None, history: list[dict]):
        self._writer = None
        if folder is not None:
            from tensorboard.summary import Writer

            shutil.rmtree(folder, ignore_errors=True)
            self._writer = Writer(str(folder))
            for row in history:
                self.add(row)

    def add(self, row: dict) -> None:
        """Add an epoch's row of the history."""
        if self._writer is not None:
            for name in ("train", "valid"):
                self._writer.add_scalar(f"nats_per_step/{name}", row[name], row["epoch"])
            for name in row.keys() - {*COLUMNS}:
                self._writer.add_scalar(name, row[name], row["epoch"])
            self._writer.flush()
