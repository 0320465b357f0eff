import keras
import numpy as np
import pytest

from mathrock.models.music_facts import MusicFacts
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.models.vae import Price, build_model, kl_divergence, split_model
from mathrock.models.vae_stepper import Stepper
from small_vae import shaken

STEPS, HISTORY, SEGMENT = 10, 3, 4
SMALL = {"steps": STEPS, "segment": SEGMENT, "history": HISTORY, "latent": 5, "units": 6}
SMALL |= {"width": 4, "channels": 3, "dropout": 0.0, "forget": 0.0}


def music(planes=2, cycles=(), lowest=40, highest=60):
    frequencies = np.full((128, planes), 0.1)
    return MusicFacts(planes, cycles, frequencies, steps=100, lowest=lowest, highest=highest)


@pytest.fixture(
    scope="module",
    params=[((), False, 1), ((4, 16), True, 0)],
    ids=["no cycles", "cycles and a conductor"],
)
def model(request):
    cycles, conductor, depth = request.param
    return shaken(build_model(music(cycles=cycles), conductor=conductor, depth=depth, **SMALL))


def draw(batch=2, seed=0):
    """Rolls of a history and a window that could be, (batch, HISTORY + STEPS, 128, 2)."""
    rng = np.random.default_rng(seed)
    rolls = np.zeros((batch, HISTORY + STEPS, 128, 2), bool)
    sounding = np.zeros((batch, 128), bool)
    pitches = (np.arange(128) >= 40) & (np.arange(128) <= 60)
    for t in range(HISTORY + STEPS):
        struck = pitches & (rng.random((batch, 128)) < 0.1)
        sounding = struck | (sounding & (rng.random((batch, 128)) < 0.6))
        rolls[:, t, :, 0], rolls[:, t, :, 1] = sounding, struck
    return rolls


def inputs(model, rolls, lengths=None):
    batch, time = rolls.shape[:2]
    before = np.zeros_like(rolls)
    before[:, 1:] = rolls[:, :-1]
    inside = np.ones((batch, STEPS))
    for row, length in enumerate(lengths or []):
        inside[row, length:] = 0
    place = np.random.default_rng(3).normal(size=(batch, time, 4))
    arrays = {"before": before, "steps": rolls, "inside": inside, "place": place}
    return {name: arrays[name].astype("float32") for name in model.input}


def sides(model, arrays, z=None):
    """The encoder's answer, and the decoder's for its mean or for `z`."""
    encoder, decoder = split_model(model)
    found = encoder({name: arrays[name] for name in encoder.input})
    z = np.asarray(found["mean"]) if z is None else z
    given = {name: arrays[name] for name in decoder.input if name != "z"} | {"z": z}
    return found, {name: np.asarray(values) for name, values in decoder(given).items()}


def test_a_window_costs_its_reconstruction_and_its_kl(model):
    arrays = inputs(model, draw(), lengths=[STEPS, 6])
    found, decoded = sides(model, arrays)
    kl = np.asarray(kl_divergence(found["mean"], found["scale"])).sum(axis=1)
    share = model.get_layer("price").beta * kl / arrays["inside"].sum(axis=1)
    paid = np.asarray(model(arrays, training=False)["nats"])
    assert np.allclose(paid, decoded["nats"] + share[:, None], rtol=1e-5)


def test_kl_is_that_of_normal_distributions():
    mean, scale = np.array([0.0, 0.7, -2.0]), np.array([1.0, 0.3, 1.9])
    grid = np.linspace(-30, 30, 600_001)[:, None]

    def log_normal(mean, scale):
        return -0.5 * ((grid - mean) / scale) ** 2 - np.log(scale * np.sqrt(2 * np.pi))

    q = log_normal(mean, scale)
    expected = (np.exp(q) * (q - log_normal(0, 1))).sum(axis=0) * (grid[1] - grid[0])
    assert np.allclose(kl_divergence(mean, scale), expected, atol=1e-6)


def test_the_price_comes_in_slowly_and_the_free_nats_cost_nothing():
    price = Price(beta=0.5, free=1.0, anneal=4)
    mean, scale = np.full((1, 2), 2.0, "f4"), np.ones((1, 2), "f4")  # a KL of 4 nats
    paid = [float(price(mean, scale, training=True)[0]) for _ in range(6)]
    assert np.allclose(paid, [0.375, 0.75, 1.125, 1.5, 1.5, 1.5])
    assert float(price(mean, scale)[0]) == pytest.approx(1.5)
    assert float(price(mean / 4, scale)[0]) == 0


def test_the_price_rises_where_computing_is_in_16_bits():
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        price = build_model(music(), **SMALL, anneal=1000).get_layer("price")
    finally:
        keras.config.set_dtype_policy(usual)
    price.learned.assign(300.0)
    price(np.ones((1, 5), "f4"), np.ones((1, 5), "f4"), training=True)
    assert float(price.learned) == 301


def test_padding_says_nothing(model):
    rolls, lengths = draw(), [7, 4]
    arrays = inputs(model, rolls, lengths)
    other = {name: array.copy() for name, array in arrays.items()}
    for row, length in enumerate(lengths):
        for name in ("steps", "before"):
            other[name][row, HISTORY + length + (name == "before") :] = 1
    (one, _), (two, _) = sides(model, arrays), sides(model, other)
    assert np.array_equal(one["mean"], two["mean"])
    assert np.array_equal(one["scale"], two["scale"])


def test_the_encoder_hears_the_window_alone_and_all_of_it(model):
    arrays = inputs(model, draw())
    one, _ = sides(model, arrays)
    for step in range(HISTORY + STEPS):
        steps = arrays["steps"].copy()
        steps[:, step, 50] = 1 - steps[:, step, 50]
        other, _ = sides(model, arrays | {"steps": steps})
        assert np.array_equal(one["mean"], other["mean"]) == (step < HISTORY)


def test_the_decoder_hears_the_past_and_its_point_alone(model):
    arrays = inputs(model, draw())
    z = np.random.default_rng(0).normal(size=(2, 5)).astype("f4")
    _, one = sides(model, arrays, z)
    other = {name: array.copy() for name, array in arrays.items()}
    other["before"][:, 8:, 40:60] = 1 - other["before"][:, 8:, 40:60]
    other["steps"][:, 7:, 40:60] = 1 - other["steps"][:, 7:, 40:60]
    _, two = sides(model, other, z)
    assert np.array_equal(one["nats"][:, :7], two["nats"][:, :7])
    assert not np.isclose(one["nats"][:, 7:], two["nats"][:, 7:]).any()
    _, moved = sides(model, arrays, z + 1)
    assert np.array_equal(one["nats"][:, :HISTORY], moved["nats"][:, :HISTORY])
    assert (one["nats"][:, HISTORY:] != moved["nats"][:, HISTORY:]).mean() > 0.5


def contexts(arrays, rows):
    names = [name for name in ("before", "place") if name in arrays]
    for step in range(HISTORY + STEPS):
        yield {name: arrays[name][rows, step] for name in names}


@pytest.mark.parametrize("heard", [HISTORY, 0])
def test_the_stepper_is_the_decoder(model, heard):
    """With a history that it heard, and with one of silence."""
    arrays = inputs(model, draw())
    if not heard:
        for name in set(arrays) - {"inside"}:
            arrays[name][:, :HISTORY] = 0
        arrays["before"][:, HISTORY] = 0
    z = np.random.default_rng(0).normal(size=(2, 5)).astype("f4")
    _, expected = sides(model, arrays, z)
    stepper = Stepper(model, z[:, None], [STEPS], heard)
    targets, mask = (np.asarray(a) for a in targets_and_mask(arrays["steps"], arrays["before"]))
    for step, context in enumerate(contexts(arrays, slice(None))):
        if step >= HISTORY - heard:
            stepper.advance(context)
        if step >= HISTORY:
            logits = stepper.logits(targets[:, step])
            spent = negative_log_likelihood(logits, targets[:, step], mask[:, step])
            assert np.allclose(spent, expected["nats"][:, step], rtol=1e-3, atol=1e-3)


def test_each_window_of_a_chain_hears_the_end_of_the_one_before(model):
    """The second window's answers are those of a window by itself with the same history."""
    z = np.random.default_rng(0).normal(size=(1, 2, 5)).astype("f4")
    rolls = draw(batch=1)
    arrays = inputs(model, rolls)
    chain = Stepper(model, z, [HISTORY, STEPS])
    alone = Stepper(model, z[:, 1:], [STEPS], heard=HISTORY)
    targets = np.asarray(targets_and_mask(arrays["steps"], arrays["before"])[0])
    for step, context in enumerate(contexts(arrays, slice(None))):
        chain.advance(context)
        alone.advance(context)
        if step >= HISTORY:
            one, other = (stepper.logits(targets[:, step]) for stepper in (chain, alone))
            assert np.allclose(one, other, rtol=1e-4, atol=1e-4)


def test_the_likelier_answers_are_right(model):
    """A window drawn by taking every likelier answer is right at every step."""
    z = np.random.default_rng(0).normal(size=(1, 5)).astype("f4")
    stepper = Stepper(model, z[:, None], [STEPS])
    roll = np.zeros((1, HISTORY + STEPS, 128, 2), "f4")
    arrays = inputs(model, roll)
    for name in set(arrays) - {"inside"}:
        arrays[name][:, :HISTORY] = 0
    for step in range(HISTORY, HISTORY + STEPS):
        arrays["before"][:, step] = roll[:, step - 1]
        stepper.advance({n: arrays[n][:, step] for n in ("before", "place") if n in arrays})
        targets = np.zeros((1, 128, 2), "f4")
        for _ in range(130):
            targets = (stepper.logits(targets) > 0).astype("f4")
            targets[..., 1] *= roll[:, step - 1, :, 0] * (1 - targets[..., 0])
        roll[:, step, :, 1], roll[:, step, :, 0] = targets[..., 0], targets.max(axis=-1)
    arrays["steps"] = roll
    _, decoded = sides(model, arrays, z)
    assert decoded["right"][:, HISTORY:].all()
    arrays["steps"] = roll.copy()
    arrays["steps"][:, -1, 50] = 1 - arrays["steps"][:, -1, 50]
    _, decoded = sides(model, arrays, z)
    assert not decoded["right"][0, -1]


def test_a_saved_model_is_the_same(model, tmp_path):
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    arrays = inputs(model, draw())
    one, two = (np.asarray(m(arrays, training=False)["nats"]) for m in (model, again))
    assert np.array_equal(one, two)


def test_what_is_forgotten_is_not_heard():
    """Where every last step is forgotten in training, only z and the pitches' own past count."""
    model = shaken(build_model(music(), **SMALL | {"forget": 1.0}))
    decoder = model.get_layer("decoder")
    rolls = draw().astype("f4")
    before = np.zeros_like(rolls)
    before[:, 1:] = rolls[:, :-1]
    z = np.zeros((2, 5), "f4")
    other = before.copy()
    other[:, 6, 45] = 1 - other[:, 6, 45]
    one, two = (np.asarray(decoder(z, b, rolls, training=True)[0]) for b in (before, other))
    assert np.array_equal(one[:, 7:], two[:, 7:])
    one, two = (np.asarray(decoder(z, b, rolls)[0]) for b in (before, other))
    assert not np.isclose(one[:, 7:], two[:, 7:]).all()


def test_in_mixed_precision_windows_cost_about_the_same_and_lstms_are_left_out():
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        mixed = build_model(music(), **SMALL, conductor=True)
    finally:
        keras.config.set_dtype_policy(usual)
    exact = build_model(music(), **SMALL, conductor=True)
    exact.set_weights(mixed.get_weights())
    given = inputs(mixed, draw())
    there = np.asarray(mixed(given, training=False)["nats"])
    assert there == pytest.approx(
        np.asarray(exact(given, training=False)["nats"]), rel=0.1, abs=0.1
    )
    assert np.isfinite(np.asarray(mixed(given, training=True)["nats"])).all()
    lstms = [it for it in mixed._flatten_layers() if isinstance(it, keras.layers.LSTM)]
    assert len(lstms) >= 3
    assert {lstm.compute_dtype for lstm in lstms} == {"float32"}
