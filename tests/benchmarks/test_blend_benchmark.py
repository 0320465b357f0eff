from types import SimpleNamespace

import numpy as np
import pytest

import blend
from _models import BUILT_BY, COURSES
from mathrock.config.settings import read_settings
from mathrock.training import task
from mathrock.training.music_statistics import describe

SETTINGS = read_settings({}, blend.ROOT / "workflow/schemas/config.schema.yaml")


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blend")
    return folder, blend.pack(folder, SETTINGS)


def test_the_demos_genres_are_learned_and_told_apart(packed):
    _, sequences = packed
    assert len(sequences.genres) == 2
    held_back = [span.genre for span in sequences.split("test")]
    assert {genre: held_back.count(genre) for genre in held_back} == dict.fromkeys(
        sequences.genres, blend.HELD_BACK
    )
    judge, right = blend.told_apart(sequences)
    assert right > 0.8
    chances = judge.predict_proba(blend.described(np.zeros((200, 128, 2), bool), 16))
    assert np.isfinite(chances).all()


def test_what_tells_them_apart_is_not_the_key(packed):
    _, sequences = packed
    roll = sequences.song(sequences.spans[0].song)[:200]
    for here, there in zip(
        blend.described(roll, 16), blend.described(np.roll(roll, 3, axis=1), 16), strict=True
    ):
        assert np.array_equal(here, there)


SIZES = {"bars": 2, "seconds": 4, "segments": 8, "history": 0.25, "latent": 8, "units": 8}


@pytest.mark.parametrize("name", ["lstm", "vae"])
def test_takes_are_judged_by_what_is_new_in_them(packed, name):
    folder, sequences = packed
    _, sizes = COURSES.get(name, task.task_for)(sequences, SIZES if name == "vae" else {"units": 2})
    model = BUILT_BY[name].build_model(describe(sequences), **sizes)
    stepper_for = blend.steppers(name, model, sequences, SIZES, 4)
    given = SimpleNamespace(variations=2, seconds=3)
    knobs = SETTINGS["generate"] | {"blend": dict.fromkeys(sequences.genres, 1)}
    made = list(blend.continued(stepper_for, sequences, knobs, given, folder))
    assert len(made) == 2 * 2 * blend.HELD_BACK
    for roll, rate, places in made:
        assert (roll.shape, roll.dtype, rate) == ((48, 128, 2), bool, 16)
        assert places.shape == (48, 10)
