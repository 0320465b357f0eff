import contextlib
import csv
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import packing
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.windows import windows_of
from mathrock.models import chords
from mathrock.models.lstm import build_model
from mathrock.models.music_facts import MusicFacts
from mathrock.pianoroll import encoding
from mathrock.training import task, trainer
from mathrock.training.likelihood import SongScore, evaluate, nats_per_step
from mathrock.training.music_statistics import describe
from mathrock.training.trainer import Training, TrainingError
from splits import name_for

EPOCHS = 4
SMALL = Training(
    epochs=EPOCHS,
    patience=9,
    batch=2,
    learning_rate=0.5,
    transpose=(-2, 2),
    seed=5,
    decay="cosine",
    average=0.8,
    weight_decay=0.01,
    stretch=0.2,
)
RATE = 16


def build(music):
    return build_model(music, 4, 2, dropout=0.3)


def pack(folder, riff):
    """Three training songs; one is shorter than a window. Their ends are for validation."""
    rolls = {}
    for number, roll in enumerate([riff(70), riff(60, [62, 65]), riff(9)]):
        name = name_for("train", 0.2, 0, number=number)
        encoding.save(folder / f"{name}.npy", roll)
        rolls[name] = (folder / f"{name}.npy", "none")
    packing.pack(
        rolls, folder, RATE, window_seconds=1, hop_seconds=1, valid=0.2, test=0, least_seconds=1
    )
    return Sequences(folder)


@pytest.fixture(scope="module")
def songs(tmp_path_factory, riff):
    return pack(tmp_path_factory.mktemp("songs"), riff)


class Run:
    """A training; after each of its epochs the weights, learned and averaged; what it told."""

    def __init__(self, songs, folder, knobs=SMALL, key="key", build=build, killed_in=None):
        self.weights, self.averaged = {}, {}
        self.told, self.history, self.model = [], None, None
        save, write_history = trainer._save, trainer.write_history

        def save_and_remember(place, learner, history):
            save(place, learner, history)
            self.weights[len(history)] = learner.model.get_weights()
            with learner.averaged():
                self.averaged[len(history)] = learner.model.get_weights()

        def write_or_be_killed(path, history):
            if len(history) == killed_in:
                raise KeyboardInterrupt  # the epoch's weights lie there, the history is a row short
            write_history(path, history)

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
            patch.setattr(trainer, "_save", save_and_remember)
            patch.setattr(trainer, "write_history", write_or_be_killed)
            self.model, self.history = trainer.train(
                songs, build, knobs, folder, key, folder.parent / "board", self.told.append
            )


@pytest.fixture(scope="module")
def train():
    """Train a model, as `Run` says; tests that do so are slow."""
    return Run


def equal(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def whole(train, songs, tmp_path_factory):
    return train(songs, tmp_path_factory.mktemp("whole") / "checkpoints")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("broken") / "checkpoints"


@pytest.fixture(scope="module")
def broken(train, songs, folder):
    return train(songs, folder, killed_in=3)


@pytest.fixture(scope="module")
def resumed(train, songs, folder, broken):
    return train(songs, folder)


def test_the_same_seed_gives_the_same_weights_bit_by_bit(whole, broken):
    assert broken.weights.keys() == {1, 2}
    assert all(equal(whole.weights[epoch], broken.weights[epoch]) for epoch in (1, 2))
    assert all(equal(whole.averaged[epoch], broken.averaged[epoch]) for epoch in (1, 2))


def test_a_training_that_was_killed_goes_on_to_the_same_weights(whole, resumed):
    """The averages, the optimizer and the schedule come back too."""
    assert resumed.told[0] == "going on after epoch 2"
    assert resumed.weights.keys() == {3, 4}
    assert all(equal(whole.weights[epoch], resumed.weights[epoch]) for epoch in (3, 4))
    assert all(equal(whole.averaged[epoch], resumed.averaged[epoch]) for epoch in (3, 4))
    assert equal(whole.model.get_weights(), resumed.model.get_weights())
    kept = ("train", "valid", "learning_rate")
    losses = [[[row[name] for name in kept] for row in run.history] for run in (whole, resumed)]
    assert losses[0] == losses[1]


def test_the_best_epochs_averaged_weights_are_returned(songs, whole):
    best = trainer.best_epoch(whole.history)
    valid = whole.history[best - 1]["valid"]
    assert valid == min(row["valid"] for row in whole.history)
    assert equal(whole.model.get_weights(), whole.averaged[best])
    assert not equal(whole.weights[best], whole.averaged[best])
    assert nats_per_step(evaluate(whole.model, songs, "valid", 2)) == pytest.approx(valid)


def test_only_the_last_and_the_best_epoch_are_kept(whole, folder, resumed):
    best = trainer.best_epoch(whole.history)
    kept = {f"last-{EPOCHS:05d}.npz", f"best-{best:05d}.npz"}
    assert {path.name for path in folder.iterdir()} == {*kept, "key", "history.csv"}


def test_tensorboard_has_curves(folder, resumed):
    assert list((folder.parent / "board").glob("*tfevents*"))


def test_a_finished_training_trains_no_further(train, songs, folder, resumed):
    again = train(songs, folder)
    assert again.weights == {}
    assert equal(again.model.get_weights(), resumed.model.get_weights())
    assert again.history == resumed.history


@pytest.fixture(scope="module")
def learned(train, songs, tmp_path_factory):
    """A training without chance that finds another one's checkpoints in its folder."""
    folder = tmp_path_factory.mktemp("learned") / "checkpoints"
    folder.mkdir()
    (folder / "key").write_text("another key")
    trainer.write_history(folder / "history.csv", [dict.fromkeys(trainer.COLUMNS, 0)] * 7)
    (folder / "last-00007.npz").write_text("another model")
    knobs = Training(epochs=24, patience=24, batch=8, learning_rate=0.3, transpose=(0, 0), seed=1)
    return train(songs, folder, knobs, build=lambda music: build_model(music, 8))


def test_a_checkpoint_under_another_key_is_ignored(learned):
    assert "going on" not in learned.told[0]
    assert [row["epoch"] for row in learned.history] == list(range(1, 25))


def test_the_loss_falls(learned):
    losses = [row["train"] for row in learned.history]
    assert losses[-1] < 0.7 * losses[0]


def test_without_an_average_the_weights_are_those_learned(learned):
    best = trainer.best_epoch(learned.history)
    assert equal(learned.model.get_weights(), learned.weights[best])


def test_the_seed_decides_how_a_training_begins(songs):
    weights = []
    for seed in (1, 1, 2):
        trainer._make_deterministic(seed)
        weights.append(build(describe(songs)).get_weights())
    assert equal(weights[0], weights[1])
    assert not equal(weights[0], weights[2])


def test_a_loss_that_is_no_number_is_an_error_that_names_the_songs(train, songs, tmp_path):
    def sick(music):
        return build(dataclasses.replace(music, frequencies=music.frequencies * np.nan))

    with pytest.raises(TrainingError) as caught:
        train(songs, tmp_path / "a", build=sick)
    text = str(caught.value)
    assert text.startswith("the loss in epoch 1 is not a number (songs: song-")
    assert text.endswith("); lower the learning rate, now 0.5")
    assert len(text.splitlines()) == 1
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["key"]


def test_what_is_no_number_never_replaces_a_good_checkpoint(train, songs, tmp_path, monkeypatch):
    rate = trainer.learning_rate
    sick = lambda knobs, batches, progress: np.nan if progress >= 0.3 else rate(knobs, 0, 0)  # noqa: E731
    monkeypatch.setattr(trainer, "learning_rate", sick)
    with pytest.raises(TrainingError, match="epoch 2"):
        train(songs, tmp_path / "a")
    monkeypatch.undo()
    resumed = train(songs, tmp_path / "a")
    assert resumed.told[0] == "going on after epoch 1"
    assert np.isfinite([row["valid"] for row in resumed.history]).all()


def test_a_validation_that_is_no_number_names_its_songs():
    scores = [SongScore(f"song-{i}", np.nan if i % 2 else 1.0, 4, 4) for i in range(12)]
    with pytest.raises(TrainingError) as caught:
        trainer._check_numbers(scores, 3, SMALL)
    assert "validation after epoch 3" in str(caught.value)
    assert "(songs: song-1, song-3, song-5 and 3 more)" in str(caught.value)


def rates(decay, batches=9999):
    knobs = dataclasses.replace(SMALL, decay=decay)
    return [trainer.learning_rate(knobs, batches, at / 10) / 0.5 for at in range(11)]


def test_the_learning_rate_decays_as_asked():
    assert rates("none") == [1] * 11
    assert rates("linear") == pytest.approx(np.linspace(1, 0, 11), abs=1e-9)
    assert rates("cosine")[::5] == pytest.approx([1, 0.5, 0], abs=1e-9)
    assert rates("cosine") == sorted(rates("cosine"), reverse=True)
    assert rates("cosine")[2] > rates("linear")[2]


def test_the_learning_rate_warms_up():
    rising = [rates("none", batches)[0] for batches in (0, 49, trainer.WARMUP - 1, 500)]
    assert rising == pytest.approx([1 / trainer.WARMUP, 50 / trainer.WARMUP, 1, 1])


@pytest.fixture
def clock(monkeypatch):
    """Each look at the clock finds it a second later."""
    found = SimpleNamespace(now=0.0)

    def monotonic():
        found.now += 1
        return found.now

    monkeypatch.setattr(trainer, "time", SimpleNamespace(monotonic=monotonic))
    return found


def test_minutes_end_a_training_within_an_epoch_and_shape_its_schedule(
    train, songs, tmp_path, clock, monkeypatch
):
    learned, learn = [], trainer._Learner.learn

    def learn_and_remember(learner, inputs, weights, rate):
        learned.append(rate)
        return learn(learner, inputs, weights, rate)

    monkeypatch.setattr(trainer._Learner, "learn", learn_and_remember)
    monkeypatch.setattr(trainer, "WARMUP", 1)
    knobs = dataclasses.replace(SMALL, epochs=1000, batch=1, minutes=0.25, decay="linear")
    run = train(songs, tmp_path / "a", knobs)
    assert 15 <= clock.now < 30
    assert len(run.history) == 1
    assert 2 < len(learned) < len(windows_of(songs, "train"))
    assert learned == sorted(learned, reverse=True)
    assert learned[0] > 0.7 * 0.5
    assert learned[-1] < 0.3 * 0.5
    assert np.isfinite(run.history[-1]["valid"])


def test_lines_are_told_every_few_seconds_and_within_long_epochs(train, songs, tmp_path, clock):
    """An epoch of 5 batches takes longer than it may without a word."""
    run = train(songs, tmp_path / "a", dataclasses.replace(SMALL, epochs=2, batch=1))
    within = [line for line in run.told if "so far" in line]
    assert within
    assert within[0].startswith("epoch 1/2, ")
    assert "% of it: train " in within[0]
    assert "steps/s" in within[0]
    assert run.told[-1].startswith("epoch 2/2: train")


def test_nothing_is_told_twice_within_seconds(clock):
    told = []
    news = trainer._News(told.append)
    for number in range(20):
        news(f"{number}", 5)
    assert told == ["4", "9", "14", "19"]


def test_epochs_cut_songs_in_different_places(train, songs, tmp_path, monkeypatch):
    phases = []

    def remember(sequences, split, phase=0):
        phases.append(phase)
        return windows_of(sequences, split, phase)

    monkeypatch.setattr(task, "windows_of", remember)
    train(songs, tmp_path / "a")
    assert len(phases) == EPOCHS
    assert len(set(phases)) > 1
    assert all(0 <= phase < songs.hop_steps for phase in phases)


def test_crops_are_augmented_as_asked(train, songs, tmp_path, monkeypatch):
    asked, crops = [], task.crops

    def remember(*arguments):
        asked.append(arguments[-4:])
        return crops(*arguments)

    monkeypatch.setattr(task, "crops", remember)
    train(songs, tmp_path / "a", dataclasses.replace(SMALL, epochs=1, rotate=True))
    assert asked == [((-2, 2), 0.2, True, 0.25)]


MUSIC = MusicFacts(2, (), np.full((128, 2), 0.01), steps=100, lowest=40, highest=80)


def test_vectors_do_not_decay():
    learner = trainer._Learner(build_model(MUSIC, 3), dataclasses.replace(SMALL, weight_decay=0.5))
    before = {weight.path: np.asarray(weight).copy() for weight in learner.model.weights}
    blank = {name: np.zeros((2, 4, 128, 2), "float32") for name in ("before", "steps")}
    learner.learn(blank, np.zeros((2, 4), "float32"), 0.1)  # without weight there is no gradient
    for weight in learner.model.weights:
        share = 0.95 if len(weight.shape) > 1 else 1
        assert np.asarray(weight) == pytest.approx(share * before[weight.path], abs=1e-6)


BUILDS = {
    "lstm": lambda music: build_model(music, 4, 2),
    "chords": lambda music: chords.build_model(music, units=4, layers=1, depth=1, dropout=0.0),
}


@pytest.mark.parametrize("name", BUILDS)
def test_mixed_precision_is_for_training_on_a_gpu_alone(train, songs, tmp_path, monkeypatch, name):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind=None: ["gpu:0"])
    policies = []

    def build_and_remember(music):
        policies.append(keras.config.dtype_policy().name)
        return BUILDS[name](music)

    knobs = dataclasses.replace(SMALL, epochs=1, mixed_precision=True)
    run = train(songs, tmp_path / "a", knobs, build=build_and_remember)
    assert policies == ["mixed_bfloat16", "float32"]
    assert {layer.compute_dtype for layer in run.model.layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"
    valid = nats_per_step(evaluate(run.model, songs, "valid", 2))
    assert valid == pytest.approx(run.history[0]["valid"], rel=0.02)


@pytest.mark.parametrize("name", BUILDS)
def test_lstms_are_left_out_of_mixed_precision(monkeypatch, name):
    """On JAX a GPU's own LSTM knows no bfloat16."""
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind=None: ["gpu:0"])
    layers = trainer._built(BUILDS[name], MUSIC, mixed_precision=True)._flatten_layers()
    lstms = {layer.compute_dtype for layer in layers if isinstance(layer, keras.layers.LSTM)}
    assert lstms == {"float32"}


def test_without_a_gpu_there_is_no_mixed_precision():
    found = trainer._built(lambda music: keras.config.dtype_policy().name, MUSIC, True)
    assert found == "float32"


def losses_from_the_same_weights(songs, folder):
    """Of two epochs of each model without chance: the same work for each backend."""
    losses = {}
    for name, build in BUILDS.items():

        def build_same(music, name=name, build=build):
            model = build(music)
            with np.load(songs / f"{name}.npz") as values:
                model.set_weights([values[f"arr_{i}"] for i in range(len(values.files))])
            return model

        knobs = Training(2, 9, batch=2, learning_rate=0.5, transpose=(0, 0), seed=1, average=0.5)
        knobs = dataclasses.replace(knobs, mixed_precision=True)  # without a GPU: full precision
        _, history = trainer.train(
            Sequences(songs), build_same, knobs, folder / name, "key", None, lambda line: None
        )
        losses[name] = [row[kind] for row in history for kind in ("train", "valid")]
    return losses


ON_JAX = """
import json, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[1])
import keras
from test_trainer import losses_from_the_same_weights
print(json.dumps(losses_from_the_same_weights(Path(sys.argv[2]), Path("on-jax"))))
print(keras.distribution.distribution().device_mesh.devices.size)
"""


@pytest.mark.usefixtures("train")
def test_jax_on_two_devices_gives_the_same_losses_as_tensorflow_on_one(tmp_path, riff):
    music = describe(pack(tmp_path, riff))
    for name, build in BUILDS.items():
        np.savez(tmp_path / f"{name}.npz", *build(music).get_weights())
    two_devices = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            ON_JAX,
            json.dumps([str(Path(__file__).parent), *sys.path]),
            tmp_path,
        ],
        cwd=tmp_path,
        env=os.environ | {"KERAS_BACKEND": "jax"} | two_devices,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    there, devices = map(json.loads, done.stdout.splitlines())
    assert devices == 2
    here = losses_from_the_same_weights(tmp_path, tmp_path / "on-tensorflow")
    for name in BUILDS:
        assert there[name] == pytest.approx(here[name], rel=1e-3), name
        assert here[name][2] < here[name][0]


def test_the_history_comes_back(tmp_path):
    history = [dict.fromkeys(trainer.COLUMNS, 1 / i) | {"epoch": i} for i in (1, 2)]
    trainer.write_history(tmp_path / "history.csv", history)
    assert trainer.read_history(tmp_path / "history.csv") == history
    with (tmp_path / "history.csv").open() as file:
        assert next(csv.reader(file)) == [
            "epoch",
            "train",
            "valid",
            "seconds",
            "steps_per_second",
            "learning_rate",
        ]


def test_patience_counts_from_the_best_epoch():
    history = [{"epoch": i, "valid": loss} for i, loss in enumerate([3, 1, 2, 1], start=1)]
    assert trainer.best_epoch(history) == 2
    patient = dataclasses.replace(SMALL, epochs=9, patience=3)
    assert trainer._is_over(history, dataclasses.replace(patient, patience=2), 0)
    assert not trainer._is_over(history, patient, 0)
    assert trainer._is_over(history, dataclasses.replace(patient, epochs=4), 0)
    assert trainer._is_over(history, dataclasses.replace(patient, minutes=2), 2)
    assert not trainer._is_over([], dataclasses.replace(patient, minutes=2), 2)


def test_the_progress_line_says_where_training_is():
    history = [{"epoch": 1, "train": 2.0, "valid": 3.0, "seconds": 4.0, "steps_per_second": 555.5}]
    line = trainer.progress_line(history, 120)
    assert line == (
        "epoch 1/120: train 2.000, valid 3.000 nats/step, 4.0 s, 556 steps/s (best: epoch 1)"
    )


def test_padding_weighs_nothing_in_the_loss():
    weights = np.array([[1, 1, 0], [1, 0, 0]], "float32")
    values = np.array([[1, 2, 1000], [6, 1000, 1000]], "float32")
    assert float(trainer.NatsPerStep()(weights, values, weights)) == pytest.approx(3)


def test_a_checkpoint_half_removed_is_begun_anew(tmp_path):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    (folder / "key").write_text("key")
    trainer.write_history(folder / "history.csv", [dict.fromkeys(trainer.COLUMNS, 1)])
    assert trainer._resume(folder, "key", print) == []
    assert [path.name for path in folder.iterdir()] == ["key"]


@pytest.mark.parametrize("name", ["history.csv", "last-00001.npz", "best-00001.npz", "key"])
@pytest.mark.parametrize("content", [b"", b"PK\3\4", bytes(99), b"\xff"])
def test_a_damaged_checkpoint_is_begun_anew_and_named(tmp_path, name, content):
    (tmp_path / "key").write_text("key")
    trainer.write_history(tmp_path / "history.csv", [dict.fromkeys(trainer.COLUMNS, 1)])
    for kind in ("last", "best"):
        np.savez(tmp_path / f"{kind}-00001.npz", np.zeros(3))
    told = []
    assert trainer._resume(tmp_path, "key", told.append)
    (tmp_path / name).write_bytes(content)
    assert trainer._resume(tmp_path, "key", told.append) == []
    begun = [f"beginning anew: {tmp_path / name} is damaged or cut short"]
    assert told == ([] if name == "key" else begun)


def test_a_tiny_training_loses_what_it_lost_before(train, songs, tmp_path):
    """A change that is to leave training as it is leaves these figures as they are."""
    knobs = dataclasses.replace(SMALL, epochs=3, learning_rate=0.01)
    run = train(songs, tmp_path, knobs)
    losses = [(row["train"], row["valid"]) for row in run.history]
    recorded = [(2.421299, 2.134734), (2.440251, 2.133890), (2.142604, 2.133188)]
    assert np.array(losses) == pytest.approx(np.array(recorded), rel=1e-4)
