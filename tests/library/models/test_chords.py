import itertools

import keras
import numpy as np
import pytest

from mathrock.models.chords import build_model
from mathrock.models.chords_stepper import Stepper
from mathrock.models.music_facts import MusicFacts
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.match_model import HISTORY_LENGTHS, find_matches, matched_steps

SMALL = {"units": 6, "layers": 2, "depth": 2, "dropout": 0.0}


def music(planes=2, lowest=40, highest=75, cycles=(), styles=0):
    frequencies = np.full((128, planes), 0.1)
    return MusicFacts(planes, cycles, frequencies, 100, lowest, highest, styles)


def shaken(model, seed=1):
    """Weights large enough that everything matters."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.4, w.shape).astype("float32") for w in model.get_weights()])
    return model


@pytest.fixture(scope="module", params=[(2, (), 0), (1, (4, 16), 0), (2, (4, 16), 3)])
def model(request):
    planes, cycles, styles = request.param
    return shaken(build_model(music(planes, cycles=cycles, styles=styles), **SMALL))


def draw(model, batch=2, time=10, seed=0, pitches=(45, 70)):
    """Rolls that could be: what sounds was struck or sounded before."""
    planes = model.input["before"].shape[-1]
    rng = np.random.default_rng(seed)
    rolls = np.zeros((batch, time, 128, planes), bool)
    allowed = np.zeros(128, bool)
    allowed[slice(*pitches)] = True
    sounding = np.zeros((batch, 128), bool)
    for t in range(time):
        struck = allowed & (rng.random((batch, 128)) < 0.1)
        sounding = struck | (sounding & (rng.random((batch, 128)) < 0.6))
        rolls[:, t, :, 0] = sounding
        if planes == 2:
            rolls[:, t, :, 1] = struck
    return rolls


def inputs(model, rolls):
    """What `crops` makes of whole songs."""
    batch, time = rolls.shape[:2]
    found = [find_matches(roll) for roll in rolls]
    before = np.zeros_like(rolls)
    before[:, 1:] = rolls[:, :-1]
    arrays = {
        "before": before,
        "echo": np.array([matched_steps(*pair) for pair in zip(rolls, found, strict=True)]),
        "likeness": np.array([one["likeness"] for one in found]),
        "steps": rolls,
        "memory": np.zeros((batch, *model.input["memory"].shape[1:])),
        "place": np.random.default_rng(3).normal(size=(batch, time, 4)),
        "style": np.tile([[[0.2, 0.8, -2]]], (batch, time, 1)),
    }
    return {name: arrays[name].astype("float32") for name in model.input}


def nats_of(model, arrays):
    return np.asarray(model(arrays, training=False)["nats"])


def test_the_past_decides_and_the_future_does_not(model):
    arrays = inputs(model, draw(model))
    other = {name: array.copy() for name, array in arrays.items()}
    for name in ("before", "echo", "likeness"):
        other[name][:, 6:] = 1 - other[name][:, 6:]
    other["steps"][:, 5:] = 1 - other["steps"][:, 5:]
    one, two = nats_of(model, arrays), nats_of(model, other)
    assert np.array_equal(one[:, :5], two[:, :5])
    assert not np.isclose(one[:, 5:], two[:, 5:]).any()
    other = {**arrays, "before": np.roll(arrays["before"], 1, axis=2)}
    other["before"][:, 1:] = arrays["before"][:, 1:]
    other["before"][:, 0, 60] = 1
    assert not np.isclose(nats_of(model, other)[:, -1], one[:, -1], atol=1e-7).all()


def test_pitches_above_decide_nothing(model):
    arrays = inputs(model, draw(model))
    stepper = Stepper(model, 2)
    context = {n: a[:, 0] for n, a in arrays.items() if n not in ("steps", "memory")}
    stepper.advance(context)
    targets = np.random.default_rng(1).integers(0, 2, (2, 128, arrays["steps"].shape[-1]))
    whole = stepper.logits(targets.astype("float32"))
    for pitch in (40, 55, 75):
        below = targets.copy()
        below[:, pitch:] = 0
        logits = stepper.logits(below.astype("float32"))
        assert np.allclose(logits[:, : pitch + 1], whole[:, : pitch + 1], atol=1e-6)
    below[:, 44] = 1 - below[:, 44]
    assert not np.allclose(stepper.logits(below.astype("float32"))[:, 45], whole[:, 45])


@pytest.mark.parametrize("planes", [1, 2])
def test_the_probabilities_of_all_sets_of_six_pitches_add_up_to_1(planes):
    model = shaken(build_model(music(planes, 60, 65), **SMALL), 5)
    kinds = [(0, 0), (1, 1), (1, 0)] if planes == 2 else [(0,), (1,)]  # off, struck, goes on
    before = np.zeros((128, planes))
    before[[60, 61, 64], 0] = 1
    sets = np.zeros((len(kinds) ** 6, 1, 128, planes), "float32")
    for row, choice in zip(sets, itertools.product(kinds, repeat=6), strict=True):
        row[0, 60:66] = choice
    if planes == 2:  # what did not sound cannot go on
        legal = (sets[..., 0] <= np.maximum(sets[..., 1], before[:, 0])).all(axis=(1, 2))
        sets = sets[legal]
        assert len(sets) == 2**3 * 3**3
    arrays = {
        "before": np.tile(before, (len(sets), 1, 1, 1)),
        "echo": np.zeros((len(sets), 1, 128, len(HISTORY_LENGTHS) * planes)),
        "likeness": np.full((len(sets), 1, len(HISTORY_LENGTHS)), 0.3),
        "steps": sets,
        "memory": np.zeros((len(sets), *model.input["memory"].shape[1:])),
    }
    chances = np.exp(-nats_of(model, {n: a.astype("float32") for n, a in arrays.items()}))
    nothing_else = (1 - 0.5 / 101) ** 122  # no other pitch sounds, each for itself
    assert chances.sum() == pytest.approx(nothing_else, rel=1e-4)
    assert chances.max() < 0.9


@pytest.mark.parametrize("shift", [1, -3])
def test_a_transposed_song_is_predicted_transposed(shift):
    model = shaken(build_model(music(2, 20, 100), height=False, **SMALL))
    rolls = draw(model, pitches=(50, 70))
    moved = np.roll(rolls, shift, axis=2)
    found = []
    for r in (rolls, moved):
        arrays, stepper = inputs(model, r), Stepper(model, 2)
        targets, _ = targets_and_mask(arrays["steps"], arrays["before"])
        for t in range(r.shape[1]):
            stepper.advance({n: a[:, t] for n, a in arrays.items() if n not in ("steps", "memory")})
            logits = stepper.logits(np.asarray(targets)[:, t])
        found.append(logits)
    middle = slice(58, 62)
    expected = found[0][:, middle]
    assert np.allclose(np.roll(found[1], -shift, axis=1)[:, middle], expected, atol=1e-5)
    assert not np.allclose(found[1][:, middle], expected, atol=1e-2)


def test_one_step_at_a_time_gives_the_same_nats(model):
    arrays = inputs(model, draw(model))
    stepper = Stepper(model, 2)
    targets, mask = map(np.asarray, targets_and_mask(arrays["steps"], arrays["before"]))
    expected = nats_of(model, arrays)
    for t in range(expected.shape[1]):
        stepper.advance({n: a[:, t] for n, a in arrays.items() if n not in ("steps", "memory")})
        logits = stepper.logits(targets[:, t])
        found = np.asarray(negative_log_likelihood(logits, targets[:, t], mask[:, t]))
        assert found == pytest.approx(expected[:, t], rel=1e-4)


def test_takes_of_a_batch_do_not_mix(model):
    arrays = inputs(model, draw(model))
    both, one = Stepper(model, 2), Stepper(model, 1)
    for t in range(4):
        context = {n: a[:, t] for n, a in arrays.items() if n not in ("steps", "memory")}
        both.advance(context)
        one.advance({n: a[1:] for n, a in context.items()})
    targets = arrays["steps"][:, 4]
    assert np.allclose(both.logits(targets)[1:], one.logits(targets[1:]), atol=1e-5)


def test_memory_carried_on_gives_the_same_nats(model):
    arrays = inputs(model, draw(model))
    whole = nats_of(model, arrays)
    first = model({n: a if n == "memory" else a[:, :4] for n, a in arrays.items()})
    rest = {n: a[:, 4:] for n, a in arrays.items() if n != "memory"}
    second = nats_of(model, {**rest, "memory": np.asarray(first["memory"])})
    parts = np.concatenate([np.asarray(first["nats"]), second], axis=1)
    assert parts == pytest.approx(whole, rel=1e-4)


def test_a_saved_model_is_the_same(model, tmp_path):
    arrays = inputs(model, draw(model))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert np.array_equal(nats_of(again, arrays), nats_of(model, arrays))


def test_pitches_that_no_training_song_has_are_rare_but_possible(model):
    rolls = draw(model)
    expected = nats_of(model, inputs(model, rolls))
    rolls[:, -1, 100] = True
    found = nats_of(model, inputs(model, rolls))
    assert found[:, -1] - expected[:, -1] == pytest.approx(np.log(201), abs=0.01)


def test_layers_are_as_many_and_as_large_as_asked():
    model = build_model(music(), units=5, layers=3, depth=1, dropout=0.5)
    assert model.input["memory"].shape == (None, 36, 3, 2, 5)
    assert [
        len(part) for part in (model.layers[-1].remember, model.layers[-1].over_pitch.blocks)
    ] == [3, 1]


def test_the_style_matters():
    model = shaken(build_model(music(styles=3), **SMALL))
    arrays = inputs(model, draw(model))
    other = {**arrays, "style": -arrays["style"]}
    assert not np.isclose(nats_of(model, arrays), nats_of(model, other)).any()
