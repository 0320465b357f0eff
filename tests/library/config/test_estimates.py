"""What no machine, or not this one, can do is refused with the numbers and what to lower."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathrock.config.errors import SettingsError
from mathrock.config.estimates import ANY_MACHINE, Machine, check_estimates, this_machine
from mathrock.config.experiments import experiments_of
from mathrock.config.settings import read_settings
from settings_files import SCHEMA, SONGS, changed, takes_of

SMALL = Machine(memory=8e9, disk=250e9)
HOURS = "".join(f"t{n}: {{seconds: 3600, model: lstm}}, " for n in range(100))


def check(text, machine=SMALL):
    config = read_settings(changed(text), SCHEMA)
    check_estimates(config, takes_of(config, SONGS), experiments_of(config, SCHEMA), machine)


def message(text, machine=SMALL):
    with pytest.raises(SettingsError) as caught:
        check(text, machine)
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    return line.removeprefix("config.yaml: ")


def experiment(settings, seeds=range(1), models="[lstm]"):
    own = f"{{models: {models}, settings: {settings}, seeds: {list(seeds)}}}"
    return f"experiments: {{x: {own}}}"


def test_the_shipped_settings_need_no_more_than_a_small_machine():
    check("{}", Machine(memory=2e9, disk=10e9))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "models: {lstm: {units: 8192, layers: 16}}",
            "models.lstm: 8192 units in 16 layers are 8,332,509,440 weights, about 267 GB in"
            " training; this machine has 8 GB: lower units or layers",
        ),
        ("models: {chords: {units: 8192, batch: 1}}", "models.chords: 8192 units are"),
        ("models: {vae: {units: 8192}}", "models.vae: 8192 units are"),
        ("models: {vae: {width: 8192, seconds: 60}}", "models.vae: 128 units are"),
        ("models: {lstm: {batch: 4096}}", "models.lstm: batches of 4096 with 128 steps each"),
        ("models: {chords: {batch: 4096}}", "models.chords: batches of 4096 with 128 steps each"),
        ("models: {vae: {batch: 4096}}", "models.vae: batches of 4096 with 80 steps each"),
        (
            "{sequences: {window_seconds: 600}, grid: {steps_per_second: 1000}}",
            "models.chords: batches of 4 with 600,000 steps each are about",
        ),
        ("sequences: {history_seconds: 600}", "models.chords: batches of 4 with 9,728 steps"),
        (
            "{sequences: {window_seconds: 600}, grid: {kind: beat, steps_per_beat: 96}}",
            "models.chords: batches of 4 with 115,200 steps each",
        ),
        ("generate: {seconds: 3600}", "takes.first-light: the effects of 3,600 seconds need about"),
        (
            "generate: {seconds: 3600, variations: 100}",
            "takes.first-light: 100 variations of 57,856 steps need about 15 GB",
        ),
        (experiment("{a: {units: 8192, layers: 9}}"), "experiments.x.settings.a: lstm: 8192 units"),
        (experiment("{a: {batch: 4096}}"), "experiments.x.settings.a: lstm: batches of 4096"),
        (
            experiment("{" + ", ".join(f"a{n}: {{}}" for n in range(200)) + "}", range(200)),
            "experiments: 40,000 trainings are more than 10,000: lower",
        ),
        (
            "takes: {" + ", ".join(f"a{n}: {{variations: 100}}" for n in range(200)) + "}",
            "takes: 40,007 tracks are more than 10,000: lower",
        ),
    ],
)
def test_what_is_too_much_for_a_machine_is_refused_with_its_numbers(text, wanted):
    assert message(text).startswith(wanted)


def test_a_hundred_takes_of_an_hour_fill_the_disk():
    text = f"takes: {{{HOURS}}}"
    assert message(text, Machine(64e9, 250e9)).startswith("takes: 107 tracks need about 36")
    check(text, Machine(64e9, 2e12))


def test_on_other_machines_only_what_no_machine_can_do_is_refused():
    check("models: {lstm: {units: 8192, layers: 16}}", ANY_MACHINE)
    text = "{sequences: {window_seconds: 600}, grid: {steps_per_second: 1000}, models: {chords: "
    assert "; any machine has 4,000 GB" in message(text + "{batch: 4096}}}", ANY_MACHINE)


def test_a_container_may_have_less_memory_than_its_machine():
    assert 1e8 < this_machine().memory < 1e14
    assert this_machine().disk > 1e8


numbers = {
    ("models", "lstm", "units"): (1, 8192),
    ("models", "lstm", "layers"): (1, 16),
    ("models", "lstm", "batch"): (1, 4096),
    ("models", "chords", "units"): (1, 8192),
    ("models", "chords", "depth"): (1, 16),
    ("models", "vae", "segments"): (1, 256),
    ("models", "vae", "seconds"): (1, 600),
    ("models", "vae", "latent"): (1, 8192),
    ("models", "vae", "channels"): (1, 8192),
    ("grid", "steps_per_second"): (1, 1000),
    ("sequences", "window_seconds"): (4, 600),
    ("generate", "seconds"): (1, 3600),
    ("generate", "variations"): (1, 100),
}


@settings(max_examples=200)
@given(st.fixed_dictionaries({}, optional={key: st.integers(*r) for key, r in numbers.items()}))
def test_any_numbers_within_the_bounds_pass_or_are_refused_in_a_line(chosen):
    config = changed("{}")
    for (*path, key), value in chosen.items():
        place = config
        for name in path:
            place = place[name]
        place[key] = value
    config = read_settings(config, SCHEMA)
    line = "passes on this machine"
    try:
        check_estimates(config, takes_of(config, SONGS), experiments_of(config, SCHEMA), SMALL)
    except SettingsError as error:
        line = str(error)
    assert "this machine" in line
    assert len(line.splitlines()) == 1
