import dataclasses

import numpy as np
import pytest

from mathrock.latent.task import task_for
from mathrock.models import vae
from mathrock.training import trainer
from mathrock.training.trainer import Training, TrainingError
from small_vae import SIZES, SMALL

KNOBS = Training(
    epochs=4,
    patience=9,
    batch=4,
    learning_rate=0.02,
    transpose=(-2, 2),
    seed=5,
    average=0.8,
    weight_decay=0.01,
)
NOISY = SMALL | {"dropout": 0.3, "forget": 0.5, "anneal": 9}


class Killed(Exception):
    pass


def run(packed, folder, knobs=KNOBS, killed_after=None):
    """A training: its model's weights, the history and what it told."""
    lessons, sizes = task_for(packed, SIZES | NOISY)
    save, told = trainer._save, []

    def save_or_be_killed(folder, learner, history):
        save(folder, learner, history)
        if len(history) == killed_after:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer, "_save", save_or_be_killed)
        model, history = trainer.train(
            packed,
            lambda music: vae.build_model(music, **sizes),
            knobs,
            folder,
            "key",
            log=told.append,
            task=lessons,
        )
    return [np.asarray(w) for w in model.get_weights()], history, told


@pytest.fixture(scope="module")
def train():
    """Train a VAE, as `run` says; tests that do so are slow."""
    return run


@pytest.fixture(scope="module")
def whole(train, packed, tmp_path_factory):
    return train(packed, tmp_path_factory.mktemp("whole"))


def test_a_killed_training_goes_on_to_the_same_weights(train, packed, whole, tmp_path):
    """Where beta is, what is drawn of z and forgotten: all goes on."""
    with pytest.raises(Killed):
        train(packed, tmp_path, killed_after=2)
    weights, history, told = train(packed, tmp_path)
    assert "going on after epoch 2" in told
    for one, other in zip(weights, whole[0], strict=True):
        assert np.array_equal(one, other)
    untimed = [{**row, "seconds": 0, "steps_per_second": 0} for row in (*history, *whole[1])]
    assert untimed[:4] == untimed[4:]


def test_another_seed_is_another_model(train, packed, whole, tmp_path):
    weights, *_ = train(packed, tmp_path, dataclasses.replace(KNOBS, seed=6, epochs=1))
    pairs = zip(weights, whole[0], strict=True)
    assert any(not np.array_equal(one, other) for one, other in pairs)


def test_it_learns_and_shows_how(whole):
    _, history, told = whole
    assert history[-1]["train"] < history[0]["train"]
    assert [*history[0]][-3:] == ["reconstruction", "kl", "active"]
    assert "reconstruction" in told[-1]
    assert "kl" in told[-1]


def test_no_number_names_the_songs(train, packed, tmp_path):
    with pytest.raises(TrainingError, match=r"not a number \(songs: "):
        train(packed, tmp_path, dataclasses.replace(KNOBS, learning_rate=float("inf")))
