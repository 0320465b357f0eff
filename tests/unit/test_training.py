import contextlib
import csv

import keras
import numpy as np
import pytest

from mathrock import pianoroll, sequences, training
from mathrock.lstm import Stepper, build_model
from mathrock.sequences import Sequences
from mathrock.training import Training, TrainingError

EPOCHS = 4
SMALL = Training(epochs=EPOCHS, patience=9, batch=2, learning_rate=0.1, transpose=(-2, 2), seed=5)
RATE = 16


def build(frequencies):
    return build_model(4, 2, dropout=0.3, frequencies=frequencies)


@pytest.fixture(scope="module")
def songs(tmp_path_factory, riff):
    """Three training songs; one is shorter than a window. Their ends are for validation."""
    folder = tmp_path_factory.mktemp("songs")
    names = (name for i in range(99) if sequences.split_of(name := f"{i}", 0.2, 0, 0) == "train")
    rolls = {}
    for name, roll in zip(names, [riff(70), riff(60, [62, 65]), riff(9)], strict=False):
        pianoroll.save(folder / f"{name}.npy", roll)
        rolls[name] = (folder / f"{name}.npy", "none")
    sequences.pack(
        rolls, folder, RATE, window_seconds=1, hop_seconds=1, valid=0.2, test=0, least_seconds=1
    )
    return Sequences(folder)


class Run:
    """A training, the weights after each of its epochs, and what it told."""

    def __init__(self, songs, folder, knobs=SMALL, key="key", build=build, killed_in=None):
        self.weights, self.told, self.history, self.model = {}, [], None, None
        save, write_history = training._save, training.write_history

        def save_and_remember(place, model, history):
            save(place, model, history)
            self.weights[len(history)] = model.get_weights()

        def write_or_be_killed(path, history):
            if len(history) == killed_in:
                raise KeyboardInterrupt  # the epoch's model lies there, the history is a row short
            write_history(path, history)

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
            patch.setattr(training, "_save", save_and_remember)
            patch.setattr(training, "write_history", write_or_be_killed)
            self.model, self.history = training.train(
                songs, build, knobs, folder, key, folder.parent / "board", self.told.append
            )


def equal(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def whole(songs, tmp_path_factory):
    return Run(songs, tmp_path_factory.mktemp("whole") / "checkpoints")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("broken") / "checkpoints"


@pytest.fixture(scope="module")
def broken(songs, folder):
    return Run(songs, folder, killed_in=3)


@pytest.fixture(scope="module")
def resumed(songs, folder, broken):
    return Run(songs, folder)


def test_the_same_seed_gives_the_same_weights_bit_by_bit(whole, broken):
    assert broken.weights.keys() == {1, 2}
    assert all(equal(whole.weights[epoch], broken.weights[epoch]) for epoch in (1, 2))


def test_a_training_that_was_killed_goes_on_to_the_same_weights(whole, resumed):
    assert resumed.told[0] == "going on after epoch 2"
    assert resumed.weights.keys() == {3, 4}
    assert all(equal(whole.weights[epoch], resumed.weights[epoch]) for epoch in (3, 4))
    assert equal(whole.model.get_weights(), resumed.model.get_weights())
    losses = [[(row["train"], row["valid"]) for row in run.history] for run in (whole, resumed)]
    assert losses[0] == losses[1]


def test_the_best_epoch_is_returned(whole):
    best = training.best_epoch(whole.history)
    assert whole.history[best - 1]["valid"] == min(row["valid"] for row in whole.history)
    assert equal(whole.model.get_weights(), whole.weights[best])


def test_only_the_last_and_the_best_epoch_are_kept(whole, folder, resumed):
    kept = {f"epoch-{epoch:05d}.keras" for epoch in (EPOCHS, training.best_epoch(whole.history))}
    assert {path.name for path in folder.iterdir()} == {*kept, "key", "history.csv"}


def test_tensorboard_has_curves(folder, resumed):
    assert list((folder.parent / "board").glob("*tfevents*"))


def test_a_finished_training_trains_no_further(songs, folder, resumed):
    again = Run(songs, folder)
    assert again.weights == {}
    assert equal(again.model.get_weights(), resumed.model.get_weights())
    assert again.history == resumed.history


@pytest.fixture(scope="module")
def learned(songs, tmp_path_factory):
    """A training without chance that finds another one's checkpoints in its folder."""
    folder = tmp_path_factory.mktemp("learned") / "checkpoints"
    folder.mkdir()
    (folder / "key").write_text("another key")
    training.write_history(folder / "history.csv", [dict.fromkeys(training.COLUMNS, 0)] * 7)
    (folder / "epoch-00007.keras").write_text("another model")
    knobs = Training(epochs=24, patience=24, batch=8, learning_rate=0.1, transpose=(0, 0), seed=1)
    return Run(
        songs, folder, knobs, build=lambda frequencies: build_model(8, frequencies=frequencies)
    )


def test_a_checkpoint_under_another_key_is_ignored(learned):
    assert "going on" not in learned.told[0]
    assert [row["epoch"] for row in learned.history] == list(range(1, 25))


def test_the_loss_falls(learned):
    losses = [row["train"] for row in learned.history]
    assert losses[-1] < 0.5 * losses[0]
    assert losses == sorted(losses, reverse=True)


def test_the_seed_decides_how_a_training_begins(songs):
    weights = []
    for seed in (1, 1, 2):
        training._make_deterministic(seed)
        weights.append(build(training.frequencies(songs)).get_weights())
    assert equal(weights[0], weights[1])
    assert not equal(weights[0], weights[2])


def test_a_loss_that_is_no_number_is_an_error_in_words(songs, tmp_path):
    sick = lambda frequencies: build_model(2, frequencies=frequencies * np.nan)  # noqa: E731
    with pytest.raises(TrainingError, match="epoch 1 is not a number; lower the learning rate"):
        Run(songs, tmp_path / "a", build=sick)
    assert not (tmp_path / "a" / "history.csv").exists()


def test_the_loss_is_nats_per_step_and_padding_weighs_nothing(songs, whole):
    """By hand: each window alone, whole, from silence."""
    total = steps = 0
    for first, length in songs.windows("train"):
        stepper, roll = Stepper(whole.model), songs.read(first, length)
        inputs = np.concatenate([np.zeros((1, 128, 2), bool), roll[:-1]])
        logits = np.array([stepper.step(frame) for frame in inputs], np.float64)
        total += (np.logaddexp(0, logits) - logits * roll).sum()
        steps += length
    assert {length for _, length in songs.windows("train")} == {7, 16}
    found = training.evaluate(whole.model, songs, "train", batch=4)
    assert found == pytest.approx(total / steps, rel=1e-5)


def test_the_batch_does_not_change_the_loss(songs, whole):
    one, other = (training.evaluate(whole.model, songs, "valid", batch) for batch in (1, 4))
    assert one == pytest.approx(other, rel=1e-6)


def test_a_split_without_songs_has_no_loss(songs, whole):
    assert training.evaluate(whole.model, songs, "test", 2) is None


def test_inputs_are_the_targets_a_step_later(songs):
    windows = songs.windows("train")
    for inputs, targets, weights in training._batches(songs, windows, 2):
        assert inputs.shape == targets.shape == (2, 16, 128, 2)
        assert not inputs[:, 0].any()
        assert np.array_equal(inputs[:, 1:], targets[:, :-1])
        assert not targets[weights == 0].any()
    batches = list(training._batches(songs, windows, 2))
    assert len(batches) == -(-len(windows) // 2)
    assert sum(weights.sum() for *_, weights in batches) == windows[:, 1].sum()


def test_transposition_stays_on_the_piano_and_keeps_the_music(riff):
    for pitches in ([21, 108], [21, 40], [100, 108], [60]):
        roll, shifts = riff(16, pitches), set()
        for seed in range(40):
            moved = training._transposed(roll, (-5, 6), np.random.default_rng(seed))
            on = np.flatnonzero(moved.any(axis=(0, 2)))
            assert on[0] >= 21
            assert on[-1] <= 108
            shift = on[0] - min(pitches)
            assert np.array_equal(moved, np.roll(roll, shift, axis=1))
            shifts.add(int(shift))
        lowest, highest = max(-5, 21 - min(pitches)), min(6, 108 - max(pitches))
        assert (min(shifts), max(shifts)) == (lowest, highest)


def test_notes_off_the_piano_are_not_moved_further_off(riff):
    roll = riff(16, [10, 60])
    moved = [training._transposed(roll, (-5, 6), np.random.default_rng(i)) for i in range(20)]
    assert min(np.flatnonzero(roll.any(axis=(0, 2)))[0] for roll in moved) >= 10


def test_silence_and_no_transposition_change_nothing(riff):
    rng = np.random.default_rng(1)
    silence = np.zeros((8, 128, 2), bool)
    assert training._transposed(silence, (-5, 6), rng) is silence
    assert np.array_equal(training._transposed(riff(8), (0, 0), rng), riff(8))


def test_frequencies_are_of_the_training_songs_alone(songs):
    found = training.frequencies(songs)
    roll = np.concatenate([songs.read(s.first, s.steps) for s in songs.split("train")])
    assert found == pytest.approx((roll.sum(axis=0) + 0.5) / (len(roll) + 1))
    assert 0 < found.min() < found.max() < 1


def test_the_history_comes_back(tmp_path):
    history = [{"epoch": i, "train": 1 / i, "valid": 2 / 3 * i, "seconds": 0.5} for i in (1, 2)]
    training.write_history(tmp_path / "history.csv", history)
    assert training.read_history(tmp_path / "history.csv") == history
    with (tmp_path / "history.csv").open() as file:
        assert next(csv.reader(file)) == ["epoch", "train", "valid", "seconds"]


def test_patience_counts_from_the_best_epoch():
    history = [{"epoch": i, "valid": loss} for i, loss in enumerate([3, 1, 2, 1], start=1)]
    assert training.best_epoch(history) == 2
    assert training._is_over(history, patience=2)
    assert not training._is_over(history, patience=3)
    assert not training._is_over([], patience=1)


def test_the_progress_line_says_where_training_is():
    history = [{"epoch": 1, "train": 2.0, "valid": 3.0, "seconds": 4.0}]
    line = training.progress_line(history, 120)
    assert line == "epoch 1/120: train 2.000, valid 3.000 nats/step, 4.0 s (best: epoch 1)"


def test_the_loss_sums_over_a_step_and_means_over_steps():
    targets, logits = np.zeros((1, 2, 128, 2), "float32"), np.zeros((1, 2, 128, 2), "float32")
    loss = training.NatsPerStep()(targets, logits)
    assert float(loss) == pytest.approx(256 * np.log(2), rel=1e-5)
    assert (
        keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(training.NatsPerStep())
        ).name
        == "nats_per_step"
    )


def test_a_checkpoint_half_removed_is_begun_anew(tmp_path):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    (folder / "key").write_text("key")
    training.write_history(folder / "history.csv", [dict.fromkeys(training.COLUMNS, 1)])
    assert training._resume(folder, "key") == []
    assert [path.name for path in folder.iterdir()] == ["key"]
