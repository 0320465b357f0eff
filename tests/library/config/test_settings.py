import copy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mathrock.config.errors import SettingsError
from mathrock.config.settings import read_settings
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.pianoroll.attributes import ATTRIBUTES
from settings_files import SCHEMA, SHIPPED, checked_takes, leaves, message, takes

EXAMPLES = {("effects", "chains"), ("effects", "parts"), ("effects", "master")}  # and the takes


def test_the_shipped_settings_are_valid():
    assert read_settings(SHIPPED, SCHEMA) == SHIPPED


def test_what_is_left_out_has_the_value_that_the_shipped_file_shows():
    defaults = dict(leaves(read_settings({}, SCHEMA)))
    shown = {
        path: value
        for path, value in leaves(SHIPPED)
        if path[0] != "takes" and path[:2] not in EXAMPLES
    }
    assert len(shown) > 40
    assert {path: defaults.get(path) for path in shown} == shown


def test_every_setting_is_shown_in_the_shipped_file():
    shown = {path for path, _ in leaves(SHIPPED)}
    assert {path for path, _ in leaves(read_settings({}, SCHEMA))} <= shown


def test_no_settings_at_all_are_enough():
    assert read_settings({}, SCHEMA)["takes"] == {"first-light": {}}


@pytest.mark.parametrize(
    "section", [key for key in SHIPPED if isinstance(SHIPPED[key], dict) and key != "takes"]
)
def test_a_section_may_be_empty(section):
    config = {key: None if key == section else value for key, value in SHIPPED.items()}
    assert read_settings(config, SCHEMA)[section] == read_settings({}, SCHEMA)[section]


def test_reading_changes_nothing_that_is_given():
    config = {"grid": {}}
    read_settings(config, SCHEMA)
    assert config == {"grid": {}}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("grod: {}", "grod: unknown key; did you mean grid? there are songs,"),
        ("grid: {steps_per_secnd: 3}", "grid.steps_per_secnd: unknown key; did you mean steps_per"),
        ("models: {lstm: {unit: 3}}", "models.lstm.unit: unknown key; did you mean units?"),
        ("models: {gru: {}}", "models.gru: unknown key; there are chords, lstm"),
        ("takes: {x: {sed: 1}}", "takes.x.sed: unknown key; did you mean seed?"),
        ("takes: {x: {effects: {gitar: a}}}", "takes.x.effects.gitar: unknown key; did you mean"),
        ("grid: {7: 2}", "grid.7: unknown key; there are kind, steps_per_second"),
        ('"a\\nb": x', "a b: unknown key;"),
    ],
)
def test_an_unknown_key_is_named_with_a_hint(text, wanted):
    assert message(text).startswith(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "songs: 3",
            "songs: 3 is not allowed; it must be text"
            " (folder of recordings, or a .txt file that lists them)",
        ),
        ("songs:", "songs: an empty value is not allowed; it must be text"),
        ("grid: []", "grid: [] is not allowed; it must be a group of settings"),
        ("grid: {steps_per_second: fast}", "grid.steps_per_second: 'fast' is not allowed; it must"),
        (
            "models: {lstm: {units: 56.0}}",
            "models.lstm.units: 56.0 is not allowed; it must be a wh",
        ),
        ("generate: {density: yes}", "generate.density: True is not allowed; it must be a number"),
        ("generate: {keep_snippet: 1}", "generate.keep_snippet: 1 is not allowed; it must be true"),
        ("generate: {temperature: .nan}", "generate.temperature: nan is not allowed; it must be"),
        ("decode: {metre: 4}", "decode.metre: 4 is not allowed; it must be text like 7/8"),
        ("takes: {x: }", "takes.x: an empty value is not allowed; it must be a group of settings"),
        ("takes: {1: {}}", "takes: 1 cannot be a name; use lower-case letters, digits and hyphens"),
        ("takes: {yes: {}}", "takes: True cannot be a name; use"),
        ("takes: {Über: {}}", "takes: 'Über' cannot be a name; use"),
        ("takes: {a/b: {}}", "takes: 'a/b' cannot be a name; use"),
        ("decode: {parts: [{name: x}]}", "decode.parts.0.program: is missing"),
    ],
)
def test_a_wrong_type_is_named_in_words(text, wanted):
    assert message(text).startswith(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("grid: {steps_per_second: 0}", "at least 1 and at most 1000"),
        (
            "grid: {steps_per_beat: 12.5}",
            "a whole number at least 1 and at most 96 (steps",
        ),
        ("grid: {kind: bar}", "must be one of time, beat"),
        ("grid: {least_confidence: 2}", "at least 0 and at most 1"),
        ("generate: {temperature: 0}", "more than 0 and at most 10"),
        ("generate: {seconds: .inf}", "more than 0 and at most 3600"),
        ("generate: {seed: -1}", "at least 0 and at most 4294967295"),
        ("generate: {top_p: 0.4}", "at least 0.5 and at most 1"),
        ("generate: {variations: 0}", "at least 1 and at most 100"),
        ("generate: {pitch_classes: [C, H]}", "'H' is not allowed; it must be one of C, C#, Db,"),
        (
            "generate: {model: []}",
            "text or a list of at least 1 (one model of `models`, or a list of them)",
        ),
        ("models: {chords: {decay: step}}", "one of cosine, linear, none"),
        ("models: {lstm: {dropout: 1}}", "at least 0 and less than 1"),
        ("models: {lstm: {transpose: [1]}}", "[lowest, highest] in semitones"),
        ("models: {lstm: {transpose: [5, -5]}}", "runs backwards"),
        ("models: {lstm: {stretch: 0.6}}", "at least 0 and at most 0.5 (share of the tempo)"),
        ("models: {chords: {rotate: 1}}", "true or false"),
        ("decode: {metre: 7/9}", "text like 7/8"),
        ("decode: {metre: 0/4}", "text like 7/8"),
        ("render: {engine: flud}", "one of tinysoundfont, fluidsynth"),
        ("takes: {}", "at least one take"),
        (
            "sequences: {valid: 0.6, test: 0.5}",
            "must leave songs to train on, less than 1, not 1.1",
        ),
        ("sequences: {window_seconds: 4, hop_seconds: 5}", "5 is more than window_seconds, 4"),
        ("generate: {lowest_pitch: 60, highest_pitch: 50}", "60 is above highest_pitch, 50"),
        ("transcription: {lowest_pitch: 108, highest_pitch: 21}", "108 is above highest_pitch, 21"),
        ("takes: {x: {lowest_pitch: 100}}", "takes.x.lowest_pitch: 100 is above highest_pitch, 96"),
        (
            "decode: {parts: [{name: x, program: 1, lowest_pitch: 9, highest_pitch: 3}]}",
            "decode.parts.0.lowest_pitch: 9 is above highest_pitch, 3",
        ),
    ],
)
def test_a_value_out_of_range_is_named_with_what_is_allowed(text, wanted):
    assert wanted in message(text)


def test_a_number_that_yaml_takes_for_text_is_explained():
    assert "1e-3 as 0.001" in message("models: {lstm: {learning_rate: 1e-3}}")
    assert "without quotes" in message("generate: {seed: '3'}")
    assert "quotes" not in message("generate: {seed: three}")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=4,
    ),
    st.sampled_from([path for path, _ in leaves(SHIPPED) if len(path) < 4]),
)
def test_any_value_anywhere_is_taken_or_explained_in_a_line(value, path):
    config = copy.deepcopy(SHIPPED)
    place = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    try:
        checked_takes(config, {})
    except SettingsError as error:
        line = str(error)
    else:
        line = "config.yaml: "
    assert line.startswith("config.yaml: ")
    assert len(line.splitlines()) == 1


def test_the_schema_lists_the_pitch_classes():
    rules = yaml.safe_load(SCHEMA.read_text())["properties"]["generate"]["properties"]
    assert set(rules["pitch_classes"]["items"]["enum"]) == PITCH_CLASSES.keys()


def test_the_schema_lists_the_attributes():
    rules = yaml.safe_load(SCHEMA.read_text())["properties"]["generate"]["properties"]
    assert tuple(rules["attributes"]["properties"]) == ATTRIBUTES


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("models: {lstm: {epochs: 1000000000}}", "at least 1 and at most 100000"),
        ("models: {chords: {batch: 1000000000}}", "at least 1 and at most 4096"),
        ("models: {vae: {patience: 1000000000}}", "at most 100000"),
        ("models: {vae: {anneal: 1000000000}}", "at most 100000000"),
        ("generate: {start: 1.0e+9}", "at most 86400"),
        ("generate: {variations: 1000000}", "at most 100"),
        ("grid: {steps_per_second: 100000}", "at most 1000"),
        ("sequences: {seed: 99999999999}", "at most 4294967295"),
        ("sequences: {least_seconds: 1.0e+12}", "at most 100000000"),
        (
            "takes: {" + ", ".join(f"a{n}: {{}}" for n in range(1001)) + "}",
            "takes: a group of 1,005 is not allowed; it must be a group of settings of at"
            " most 1000",
        ),
    ],
)
def test_what_nobody_could_wait_for_is_out_of_range(text, wanted):
    assert wanted in message(text)


@pytest.mark.parametrize(
    "name", ["x" * 61, '"x\\n"', '"x\\ty"', "-x", ".x", "a/b", "e\u0301", '"x\\0"', "x_y", "~"]
)
def test_a_name_is_short_and_has_no_odd_characters(name):
    assert "cannot be a name; use lower-case letters, digits and" in message(
        f"takes: {{{name}: {{}}}}"
    )


def test_a_name_may_have_sixty_letters():
    assert "x" * 60 in takes(f"takes: {{{'x' * 60}: {{}}}}")


def test_numbers_are_finite_and_metres_end():
    assert "is not allowed" in message("grid: {steps_per_second: .inf}")
    assert "text like 7/8" in message('decode: {metre: "7/8\\n"}')


@pytest.mark.parametrize("name", ["x" * 61, '"x\\n"', '""'])
def test_the_name_of_a_part_is_a_short_line(name):
    part = f"{{name: {name}, program: 1, lowest_pitch: 0, highest_pitch: 127}}"
    assert "at most 60 letters in a line" in message(f"decode: {{parts: [{part}]}}")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('songs: "a\\0b"', "songs: 'a\\x00b' holds a character that no text may hold"),
        (f"songs: {'a' * 256}", "is too long for a path or a name"),
        (f"songs: {'é' * 128}", "is too long for a path or a name"),
        (f"songs: {'a/' * 2100}", "is too long for a path or a name"),
        (f"render: {{soundfont: {'a' * 256}.sf2}}", "render.soundfont: 'aaa"),
        (f"report: {{references: {'a' * 256}}}", "report.references: 'aaa"),
        (f"generate: {{song: {'a' * 256}}}", "generate.song: 'aaa"),
        (
            "effects: {chains: {x: [VST3Plugin: {path_to_plugin_file: " + "a" * 256 + "}]}}",
            "effects.chains.x.0.VST3Plugin.path_to_plugin_file: 'aaa",
        ),
    ],
)
def test_what_no_path_may_be_is_refused(text, wanted):
    assert wanted in message(text)


def test_half_a_character_is_refused():
    with pytest.raises(SettingsError, match=r"songs: .* holds a character that no text may hold"):
        read_settings({"songs": "a\ud800"}, SCHEMA)
