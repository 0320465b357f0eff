import re

import numpy as np
import pytest
import soundfile

from mathrock.rendering.effects.chains import EffectError, apply_chain, build, check_chain
from mathrock.rendering.effects.parameters import CONTAINERS, EFFECTS, parameters, range_of

RATE = 44100
RNG = np.random.default_rng(1)
NOISE = RNG.normal(0, 0.2, (RATE, 2)).astype(np.float32)
WHERE = "effects.chains.clean"
PLAIN = [effect for effect in EFFECTS if effect not in (*CONTAINERS, "VST3Plugin", "Convolution")]
EXTREMES = [
    (effect, parameter.name, limit)
    for effect in PLAIN
    for parameter in parameters(effect).values()
    if parameter.kind == "number"
    for limit in range_of(effect, parameter.name)[:2]
]


@pytest.fixture
def impulse_response(tmp_path):
    path = tmp_path / "cabinet.wav"
    soundfile.write(path, np.array([1.0, 0.5, 0.25]), RATE, subtype="PCM_16")
    return str(path)


def test_the_known_effects_are_there():
    assert {"Reverb", "Mix", "Chain", "BrickwallLimiter", "VST3Plugin"} <= set(EFFECTS)
    assert not {"Pedalboard", "Plugin", "IIRFilter"} & set(EFFECTS)


@pytest.mark.parametrize("effect", [e for e in EFFECTS if e not in CONTAINERS])
def test_every_number_has_a_range_and_defaults_are_inside(effect):
    for parameter in parameters(effect).values():
        if parameter.kind == "number":
            low, high, _ = range_of(effect, parameter.name)
            assert low < high
    if effect in PLAIN:
        for name, parameter in parameters(effect).items():
            if parameter.kind == "number":
                default = getattr(build([effect])[0], name)
                low, high, _ = range_of(effect, name)
                assert low <= default <= high


@pytest.mark.parametrize(("effect", "name", "limit"), EXTREMES)
def test_the_ends_of_every_range_give_finite_sound(effect, name, limit):
    output = apply_chain(NOISE, RATE, [{effect: {name: limit}}], tail_seconds=0.2)
    assert np.isfinite(output).all()
    assert np.abs(output).max() < 1000


@pytest.mark.parametrize(("effect", "name", "limit"), EXTREMES)
def test_beyond_the_ends_is_refused_with_the_range(effect, name, limit):
    low, high, unit = range_of(effect, name)
    outside = limit - 0.001 if limit == low else limit + 0.001
    with pytest.raises(EffectError) as caught:
        check_chain([{effect: {name: outside}}], WHERE)
    text = f"{WHERE}[0] {effect}.{name}: {outside} is out of range, allowed are {low:g} to {high:g}"
    assert str(caught.value) == f"{text} {unit}".rstrip()


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        (None, "clean: expected a list of effects, found nothing"),
        ({"Reverb": {}}, "clean: expected a list of effects, found {'Reverb': {}}"),
        ("Reverb", "clean: expected a list of effects, found 'Reverb'"),
        ([3], "clean[0]: expected one effect as `Effect: {parameter: value}`, found 3"),
        ([{"Gain": {}, "Reverb": {}}], "clean[0]: expected one effect as"),
        (["Gain", {}], "clean[1]: expected one effect as"),
        (["Gain", "Reverbb"], "clean[1] Reverbb: unknown effect, did you mean Reverb? allowed: "),
        (["reverb"], "did you mean Reverb?"),
        (["Zzz"], "clean[0] Zzz: unknown effect; allowed: Bitcrush, BrickwallLimiter, Chain"),
        ([{7: {}}], "clean[0] 7: unknown effect; allowed: "),
        (["Pedalboard"], "unknown effect"),
        (["__doc__"], "unknown effect"),
        ([{"Gain": 3}], "clean[0] Gain: expected {parameter: value}, found 3"),
        (
            [{"Gain": {"gain": 3}}],
            "clean[0] Gain: unknown parameter gain, did you mean gain_db? allowed: gain_db",
        ),
        ([{"Invert": {"amount": 3}}], "unknown parameter amount; allowed: none"),
        (
            [{"Gain": {"gain_db": True}}],
            "Gain.gain_db: expected a number, -100 to 60 dB, found True",
        ),
        ([{"Gain": {"gain_db": "6"}}], "expected a number, -100 to 60 dB, found '6'"),
        ([{"Gain": {"gain_db": None}}], "expected a number, -100 to 60 dB, found nothing"),
        ([{"Gain": {"gain_db": [1]}}], "expected a number, -100 to 60 dB, found [1]"),
        ([{"Gain": {"gain_db": float("nan")}}], "nan is out of range"),
        ([{"Gain": {"gain_db": float("inf")}}], "inf is out of range"),
        ([{"HighpassFilter": {"cutoff_frequency_hz": -10}}], "allowed are 10 to 20000 Hz"),
        ([{"LadderFilter": {"mode": "LPF25"}}], "'LPF25' is unknown, did you mean LPF24? allowed:"),
        ([{"LadderFilter": {"mode": 3}}], "LadderFilter.mode: 3 is unknown; allowed: LPF12, HPF12"),
        ([{"BrickwallLimiter": {"true_peak": 1}}], "true_peak: expected true or false, found 1"),
        ([{"Convolution": {}}], "Convolution: impulse_response_filename is missing"),
        (["VST3Plugin"], "VST3Plugin: path_to_plugin_file is missing"),
        (
            [{"VST3Plugin": {"path_to_plugin_file": 3}}],
            "path_to_plugin_file: expected text, found 3",
        ),
        ([{"Mix": {"Gain": {}}}], "clean[0] Mix: expected a list of chains"),
        ([{"Mix": []}], "clean[0] Mix: expected a list of chains"),
        (["Mix"], "clean[0] Mix: expected a list of chains, found nothing"),
        ([{"Mix": [["Gain"], "Gain"]}], "clean[0] Mix[1]: expected a list of effects"),
        ([{"Mix": [["Gain"], ["Gian"]]}], "clean[0] Mix[1][0] Gian: unknown effect, did you mean"),
        ([{"Chain": [{"Chain": ["Gian"]}]}], "clean[0] Chain[0] Chain[0] Gian: unknown effect"),
    ],
)
def test_wrong_chains_are_one_line_with_place_and_remedy(chain, message):
    with pytest.raises(EffectError, match=re.escape(message)) as caught:
        check_chain(chain, WHERE)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(WHERE)


@pytest.mark.parametrize(
    "chain",
    [
        [],
        ["Gain"],
        [{"Gain": None}],
        [{"Gain": {"gain_db": -3}}, {"Reverb": {"room_size": 0.5}}],
        [{"LadderFilter": {"mode": "HPF24"}}, {"Resample": {"quality": "Linear"}}],
        [{"Mix": [["Gain"], [{"Chain": ["Gain", "Invert"]}], []]}],
        [{"BrickwallLimiter": {"true_peak": True}}],
    ],
)
def test_right_chains_pass_and_can_be_built(chain):
    assert check_chain(chain, WHERE) is None
    assert len(build(chain)) == len(chain)


def test_values_arrive_at_the_effects():
    board = build([{"LadderFilter": {"mode": "HPF24", "cutoff_hz": 500}}])
    assert board[0].cutoff_hz == 500
    assert "HPF24" in str(board[0].mode)


def test_mix_adds_its_chains():
    half = {"Gain": {"gain_db": -6.0206}}
    output = apply_chain(NOISE, RATE, [{"Mix": [[half], [half]]}])
    assert np.allclose(output[: len(NOISE)], NOISE, atol=1e-5)
    assert np.abs(apply_chain(NOISE, RATE, [{"Mix": [["Gain"], ["Gain", "Invert"]]}])).max() < 1e-6


def test_convolution_by_path(impulse_response):
    chain = [{"Convolution": {"impulse_response_filename": impulse_response}}]
    click = np.zeros((1000, 2), np.float32)
    click[100] = 0.5
    output = apply_chain(click, RATE, chain)
    assert output[101, 0] / output[100, 0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("effect", "parameter"),
    [("Convolution", "impulse_response_filename"), ("VST3Plugin", "path_to_plugin_file")],
)
def test_files_that_cannot_be_loaded_are_named(tmp_path, effect, parameter):
    path = tmp_path / "text.wav"
    path.write_text("no sound")
    chain = [{effect: {parameter: str(path)}}]
    check_chain(chain, WHERE)  # does not open files
    with pytest.raises(EffectError, match=rf"clean\[0\] {effect}: Pedalboard can't load it") as e:
        build(chain, WHERE)
    assert "\n" not in str(e.value)


def test_no_effects_change_nothing():
    output = apply_chain(NOISE, RATE, [])
    assert output.dtype == np.float32
    assert np.array_equal(output, NOISE)


def test_the_tail_is_kept_down_to_70_db_and_faded():
    output = apply_chain(NOISE, RATE, [{"Reverb": {"room_size": 0.8, "wet_level": 0.5}}])
    tail = np.abs(output[len(NOISE) :])
    assert len(tail) > RATE // 2
    assert tail[:1000].max() > 0.01
    assert tail[-10:].max() < 2e-5


def test_a_delay_comes_after_the_end_and_the_tail_is_bounded():
    chain = [{"Delay": {"delay_seconds": 1.5, "feedback": 0.9, "mix": 0.5}}]
    output = apply_chain(NOISE[:4410], RATE, chain, tail_seconds=2.0)
    assert np.abs(output[round(1.5 * RATE) :]).max() > 0.1
    assert len(output) <= 4410 + 2 * RATE


def test_output_is_the_same_every_time_and_the_input_stays():
    chain = [{"Chorus": {}}, {"Compressor": {"ratio": 4}}, "Reverb"]
    before = NOISE.copy()
    assert np.array_equal(apply_chain(NOISE, RATE, chain), apply_chain(NOISE, RATE, chain))
    assert np.array_equal(NOISE, before)


def test_silence_and_nothing_stay_so():
    assert not apply_chain(np.zeros((1000, 2), np.float32), RATE, ["Reverb"]).any()
    assert apply_chain(np.zeros((0, 2), np.float32), RATE, ["Reverb"]).shape == (0, 2)


def test_samples_that_are_not_finite_are_an_error():
    broken = NOISE.copy()
    broken[5] = np.nan
    with pytest.raises(EffectError, match=r"clean: the chain explodes"):
        apply_chain(broken, RATE, ["Gain"], where=WHERE)
    with pytest.raises(EffectError, match="explodes"):
        apply_chain(np.full((10, 2), np.float32(3e38)), RATE, [{"Gain": {"gain_db": 60}}])
