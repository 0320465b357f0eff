from pathlib import Path

import pytest
import yaml

from mathrock.config.errors import SettingsError
from mathrock.config.experiments import experiments_of
from mathrock.config.settings import read_settings

SCHEMA = Path(__file__).resolve().parents[3] / "workflow/schemas/config.schema.yaml"
WIDTH = "{models: [lstm, chords], settings: {small: {units: 4}, usual: {}}, seeds: [1, 2]}"


def experiments(text, models="{}"):
    config = {"models": yaml.safe_load(models), "experiments": yaml.safe_load(text)}
    return experiments_of(read_settings(config, SCHEMA), SCHEMA)


def message(text):
    with pytest.raises(SettingsError) as caught:
        experiments(text)
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    return line.removeprefix("config.yaml: experiments.")


def test_without_experiments_there_is_nothing_to_train():
    assert experiments("{}") == experiments("null") == {}


def test_every_model_has_every_setting_from_every_seed():
    found = experiments(f"width: {WIDTH}")["width"]
    assert found.cells("width") == [
        *("width/lstm/small/1", "width/lstm/small/2", "width/lstm/usual/1", "width/lstm/usual/2"),
        *("width/chords/small/1", "width/chords/small/2"),
        *("width/chords/usual/1", "width/chords/usual/2"),
    ]


def test_a_setting_says_what_differs_from_the_models_own():
    found = experiments(f"width: {WIDTH}", "{lstm: {dropout: 0.4, seed: 9}}")["width"].knobs
    assert found["lstm", "small"] == found["lstm", "usual"] | {"units": 4}
    assert found["lstm", "usual"]["dropout"] == 0.4
    assert found["chords", "small"]["depth"] == 3
    assert all("seed" not in knobs for knobs in found.values())


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ("{small: {units: 4}, usual: {}}", "usual"),
        ("{small: {units: 4}, large: {units: 9}}", "small"),
    ],
)
def test_the_others_are_compared_with_what_changes_nothing_or_comes_first(settings, base):
    text = f"{{width: {{models: [lstm], settings: {settings}, seeds: [1]}}}}"
    assert experiments(text)["width"].base == base


def one(models="[lstm]", settings="{usual: {}}", seeds="[1]", name="x"):
    return f"{{{name}: {{models: {models}, settings: {settings}, seeds: {seeds}}}}}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (one(models="[lstn]"), "x.models: unknown model 'lstn'; did you mean lstm? there are"),
        (one(models="[lstm, lstm]"), "x.models: ['lstm', 'lstm'] is not allowed; it must be a li"),
        (one(models="[]"), "x.models: [] is not allowed; it must be a list of at least 1"),
        (one(models="lstm"), "x.models: 'lstm' is not allowed; it must be a list"),
        (one(seeds="[]"), "x.seeds: [] is not allowed; it must be a list of at least 1"),
        (
            one(seeds="[1, 1]"),
            "x.seeds: [1, 1] is not allowed; it must be a list of at least 1 and",
        ),
        (one(seeds="[-1]"), "x.seeds.0: -1 is not allowed; it must be a whole number at least 0"),
        (one(seeds="[a]"), "x.seeds.0: 'a' is not allowed; it must be a whole number"),
        (one(settings="{}"), "x.settings: {} is not allowed; it must be a group of settings"),
        (one(settings="{a: }"), "x.settings.a: an empty value is not allowed; it must be a group"),
        (one(settings="{a/b: {}}"), "x.settings: 'a/b' cannot be a name; use lower-case letters"),
        (one(settings="{..: {}}"), "x.settings: '..' cannot be a name"),
        (one(settings="{1: {}}"), "x.settings: 1 cannot be a name; use"),
        (one(settings="{a: {unit: 3}}"), "x.settings.a.unit: unknown knob of lstm 'unit'; did you"),
        (one(settings="{a: {1: 3}}"), "x.settings.a.1: unknown knob of lstm 1; there are"),
        (
            one("[chords, lstm]", "{a: {depth: 2}}"),
            "x.settings.a.depth: unknown knob of lstm 'depth'",
        ),
        (
            one(settings="{a: {units: 0}}"),
            "x.settings.a.units: 0 is not allowed; it must be a whol",
        ),
        (one(settings="{a: {seed: 0}}"), "x.settings.a.seed: seeds stand in the experiment's"),
        (one(settings="{a: {transpose: [2, 1]}}"), "x.settings.a.transpose: [2, 1] runs backwards"),
        (one(settings="{a: {transpose: [1, 2]}}"), "x.settings.a.transpose: [1, 2] leaves out 0"),
        ("{x: {models: [lstm], settings: {a: {}}}}", "x.seeds: is missing"),
        ("{x: {}}", "x.models: is missing"),
        ("{x: {model: [lstm]}}", "x.model: unknown key; did you mean models?"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(text, wanted):
    assert message(text).startswith(wanted)


@pytest.mark.parametrize("name", ["Width", "a b", "a.b", "../a", "-a", "''", "é", "{a: 1}"])
def test_a_name_that_makes_a_bad_path_is_refused(name):
    text = yaml.safe_dump({name: yaml.safe_load(one())["x"]})
    assert "cannot be a name; use lower-case letters, digits and hyphens" in message(text)
