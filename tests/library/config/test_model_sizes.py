"""The sizes that are computed from settings are those of the models as they are built."""

from importlib import import_module

import numpy as np
import pytest

from mathrock.config.model_sizes import size_of
from mathrock.config.settings import read_settings
from mathrock.models.catalogue import CATALOGUE
from mathrock.models.music_facts import MusicFacts
from settings_files import SCHEMA

RATE = 16
GRID = {"kind": "time", "steps_per_second": RATE, "steps_per_beat": 12}
TRAINING = (
    *("epochs", "patience", "batch", "learning_rate", "decay", "average", "weight_decay"),
    *("mixed_precision", "transpose", "stretch", "rotate", "unlabelled", "seed"),
)


def built_weights(model, knobs):
    """Count the weights of a model that Keras has built."""
    sizes = {name: value for name, value in knobs.items() if name not in TRAINING}
    if model == "vae":
        steps = round(RATE * sizes.pop("seconds"))
        sizes.pop("bars")
        sizes["segment"] = -(-steps // sizes.pop("segments"))
        sizes |= {"steps": steps, "history": round(sizes["history"] * steps)}
    music = MusicFacts(2, (), np.full((128, 2), 0.1), 1000, 0, 127)
    built = import_module(f"mathrock.models.{model}").build_model(music, **sizes)
    return sum(int(np.prod(weights.shape)) for weights in built.trainable_weights)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        ("lstm", {}),
        ("lstm", {"units": 40, "layers": 3, "echoes": True}),
        ("chords", {}),
        ("chords", {"units": 24, "layers": 2, "depth": 1, "height": False}),
        ("vae", {}),
        ("vae", {"seconds": 5, "segments": 7, "conductor": True, "latent": 30, "depth": 2}),
        ("vae", {"units": 20, "width": 14, "channels": 6, "depth": 0}),
    ],
)
def test_the_weights_are_those_of_the_built_model(model, changes):
    knobs = read_settings({"models": {model: changes}}, SCHEMA)["models"][model]
    assert size_of(model, knobs, GRID, 8).weights == built_weights(model, knobs)


def test_every_model_has_a_size():
    models = read_settings({}, SCHEMA)["models"]
    assert all(size_of(model, models[model], GRID, 8) for model in CATALOGUE)


def test_a_model_that_is_not_known_has_none():
    assert size_of("transformer", {}, GRID, 8) is None


def test_the_steps_are_those_of_a_crop_or_of_a_window_and_its_history():
    models = read_settings({"models": {"vae": {"seconds": 4, "history": 0.5}}}, SCHEMA)["models"]
    assert size_of("chords", models["chords"], GRID, 8).steps == 128
    assert size_of("vae", models["vae"], GRID, 8).steps == 96


def test_on_beats_a_window_has_bars():
    knobs = read_settings({}, SCHEMA)["models"]["vae"] | {"bars": 4, "history": 0}
    assert size_of("vae", knobs, GRID | {"kind": "beat"}, 8).steps == 4 * 4 * 12
