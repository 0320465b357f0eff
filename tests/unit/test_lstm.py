import keras
import numpy as np
import pytest

from mathrock.lstm import Stepper, build_model


@pytest.fixture(scope="module", params=[1, 2])
def model(request):
    keras.utils.set_random_seed(3)
    return build_model(5, request.param, dropout=0.5)


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(1).random((1, 20, 128, 2)) < 0.05


def logits(model, frames):
    return np.asarray(model(frames.astype("float32"), training=False))


def test_one_step_at_a_time_gives_the_same_logits(model, frames):
    stepper = Stepper(model)
    steps = np.array([stepper.step(frame) for frame in frames[0]])
    assert np.abs(steps - logits(model, frames)[0]).max() < 1e-4


def test_each_stepper_begins_anew(model, frames):
    one, other = Stepper(model), Stepper(model)
    for frame in frames[0]:
        one.step(frame)
    assert np.array_equal(other.step(frames[0, 0]), Stepper(model).step(frames[0, 0]))


def test_the_future_changes_nothing_earlier(model, frames):
    other = frames.copy()
    other[:, 10:] = ~other[:, 10:]
    one, two = logits(model, frames), logits(model, other)
    assert np.array_equal(one[:, :10], two[:, :10])
    assert not np.allclose(one[:, 10], two[:, 10])


def test_the_past_matters(model, frames):
    other = frames.copy()
    other[:, 0] = ~other[:, 0]
    assert not np.allclose(logits(model, frames)[:, 5], logits(model, other)[:, 5])


def test_songs_of_a_batch_do_not_mix(model, frames):
    both = np.concatenate([frames, ~frames])
    assert np.allclose(logits(model, both)[:1], logits(model, frames), atol=1e-6)


def test_the_bias_begins_at_the_frequencies():
    frequencies = np.random.default_rng(2).uniform(0.001, 0.3, (128, 2))
    bias = build_model(4, frequencies=frequencies).get_layer("notes").bias
    assert np.allclose(1 / (1 + np.exp(-np.asarray(bias))), frequencies.reshape(-1), atol=1e-6)


def test_layers_are_as_many_and_as_large_as_asked(model):
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    assert {layer.units for layer in recurrent} == {5}
    assert len(Stepper(model)._cells) == len(recurrent) in (1, 2)


def test_a_saved_model_steps_the_same(model, frames, tmp_path):
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert np.array_equal(Stepper(again).step(frames[0, 0]), Stepper(model).step(frames[0, 0]))
