import keras
import numpy as np
import pytest

from mathrock.models.lstm import build_model
from mathrock.models.lstm_stepper import Stepper
from mathrock.models.music_facts import MusicFacts
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from stepping import stepped

LAYERS, UNITS = 2, 5
FREQUENCIES = np.random.default_rng(2).uniform(0.001, 0.3, (128, 2))
MUSIC = MusicFacts(2, (), FREQUENCIES, steps=1000, lowest=30, highest=90)


@pytest.fixture(scope="module", params=[1, 2])
def layers(request):
    return request.param


@pytest.fixture(scope="module")
def model(layers):
    keras.utils.set_random_seed(3)
    return build_model(MUSIC, UNITS, layers, dropout=0.5)


@pytest.fixture(scope="module")
def frames():
    return (np.random.default_rng(1).random((1, 20, 128, 2)) < 0.05).astype("float32")


def run(model, steps, before=None, memory=None):
    """Nats and memory of songs (batch, time, 128, planes)."""
    if before is None:
        before = np.concatenate([np.zeros_like(steps[:, :1]), steps[:, :-1]], axis=1)
    if memory is None:
        shape = next(tensor.shape for tensor in model.inputs if tensor.name == "memory")
        memory = np.zeros((len(steps), *shape[1:]), "float32")
    outputs = model({"before": before, "steps": steps, "memory": memory}, training=False)
    return np.asarray(outputs["nats"]), np.asarray(outputs["memory"])


def test_one_step_at_a_time_gives_the_same_nats(model, frames):
    logits = stepped(Stepper(model), frames[0])
    before = np.concatenate([np.zeros_like(frames[0, :1]), frames[0, :-1]])
    found = np.asarray(negative_log_likelihood(logits, *targets_and_mask(frames[0], before)))
    assert found == pytest.approx(run(model, frames)[0][0], rel=1e-5)


def test_memory_carries_a_song_from_chunk_to_chunk(model, frames, layers):
    whole, end = run(model, frames)
    one, memory = run(model, frames[:, :7])
    other, last = run(model, frames[:, 7:], before=frames[:, 6:-1], memory=memory)
    assert np.concatenate([one, other], axis=1) == pytest.approx(whole, rel=1e-5)
    assert last == pytest.approx(end, abs=1e-5)
    assert last.shape == (1, layers, 2, UNITS)


def test_takes_step_side_by_side(model, frames):
    songs = np.concatenate([frames, 1 - frames])
    both, before = Stepper(model, takes=2), np.zeros((2, 128, 2), "float32")
    together = []
    for step in range(5):
        both.advance({"before": before})
        logits = both.logits(np.zeros((2, 128, 2), "float32"))
        assert (logits.shape, logits.dtype) == ((2, 128, 2), np.float32)
        together.append(logits)
        before = songs[:, step]
    for take, song in enumerate(songs):
        alone = stepped(Stepper(model), song[:5])
        assert np.array(together)[:, take] == pytest.approx(alone, abs=1e-4)


def test_each_stepper_begins_anew(model, frames):
    one = Stepper(model)
    stepped(one, frames[0])
    first = frames[0, :1]
    assert np.array_equal(stepped(Stepper(model), first), stepped(Stepper(model), first))
    assert not np.array_equal(stepped(one, first), stepped(Stepper(model), first))


def test_a_pitch_does_not_depend_on_what_others_decide(model, frames):
    stepper = Stepper(model)
    stepper.advance({"before": frames[:, 0]})
    assert not stepper.is_autoregressive
    assert np.array_equal(stepper.logits(frames[:, 1]), stepper.logits(1 - frames[:, 1]))


def test_the_future_changes_nothing_earlier(model, frames):
    other = frames.copy()
    other[:, 10:] = 1 - other[:, 10:]
    one, two = run(model, frames)[0], run(model, other)[0]
    assert np.array_equal(one[:, :10], two[:, :10])
    assert not np.isclose(one[:, 10], two[:, 10])


def test_the_past_matters(model, frames):
    other = frames.copy()
    other[:, 0] = 1 - other[:, 0]
    assert not np.allclose(run(model, frames)[0][:, 5], run(model, other)[0][:, 5])


def test_songs_of_a_batch_do_not_mix(model, frames):
    both = np.concatenate([frames, 1 - frames])
    assert run(model, both)[0][:1] == pytest.approx(run(model, frames)[0], rel=1e-5)


def test_the_bias_begins_at_the_frequencies(model):
    bias = np.asarray(model.get_layer("notes").bias)
    assert np.allclose(1 / (1 + np.exp(-bias)), FREQUENCIES.reshape(-1), atol=1e-6)


def test_layers_are_as_many_and_as_large_as_asked(model, layers):
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    assert [layer.units for layer in recurrent] == [UNITS] * layers


def test_a_saved_model_is_the_same(model, frames, tmp_path):
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert np.array_equal(stepped(Stepper(again), frames[0]), stepped(Stepper(model), frames[0]))
    assert np.array_equal(run(again, frames)[0], run(model, frames)[0])


def test_a_single_plane_is_a_decision_a_pitch(frames):
    music = MusicFacts(1, (), FREQUENCIES[:, :1], steps=1000, lowest=30, highest=90)
    model = build_model(music, UNITS)
    song = frames[..., :1]
    logits = stepped(Stepper(model), song[0])
    assert logits.shape == (20, 128, 1)
    coins = np.logaddexp(0, logits) - logits * song[0]
    assert coins.sum(axis=(1, 2)) == pytest.approx(run(model, song)[0][0], rel=1e-5)


def test_a_grid_with_cycles_echoes_and_styles_tell_more(frames):
    music = MusicFacts(2, (4, 7), FREQUENCIES, steps=1000, lowest=30, highest=90, styles=3)
    model = build_model(music, UNITS, echoes=True)
    arrays = {
        "echo": np.random.default_rng(6).integers(0, 2, (1, 19, 128, 4)).astype("float32"),
        "likeness": np.random.default_rng(7).random((1, 19, 2)).astype("float32"),
        "before": frames[:, :-1],
        "steps": frames[:, 1:],
        "place": np.random.default_rng(5).normal(size=(1, 19, 4)).astype("float32"),
        "style": np.tile(np.array([0.2, 0.8, -2], "float32"), (1, 19, 1)),
        "memory": np.zeros((1, *model.input["memory"].shape[1:]), "float32"),
    }
    found, stepper = [], Stepper(model)
    for t in range(19):
        stepper.advance({name: arrays[name][:, t] for name in stepper.needs})
        logits = stepper.logits(np.zeros((1, 128, 2), "float32"))[0]
        found.append(
            float(
                negative_log_likelihood(logits, *targets_and_mask(frames[0, t + 1], frames[0, t]))
            )
        )
    expected = np.asarray(model(arrays)["nats"])[0]
    assert found == pytest.approx(expected, rel=1e-5)
    for name in ("place", "echo", "likeness", "style"):
        moved = np.asarray(model({**arrays, name: -arrays[name]})["nats"])[0]
        assert not np.allclose(moved, expected)
