import copy
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mathrock.config.settings import PITCH_CLASSES, SettingsError, read_settings, takes_of
from mathrock.pianoroll.attributes import ATTRIBUTES
from mathrock.songs.listing import song_id
from mathrock.songs.song import Song

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
EXAMPLES = {("effects", "chains"), ("effects", "parts"), ("effects", "master")}  # and the takes


def changed(text):
    """The shipped settings with some lines of YAML laid over them."""

    def lay(below, above):
        for key, value in above.items():
            if isinstance(value, dict) and value and isinstance(below.get(key), dict):
                lay(below[key], value)
            else:
                below[key] = value
        return below

    return lay(copy.deepcopy(SHIPPED), yaml.safe_load(text))


def song(path, folder="data/songs"):
    return Song(song_id(Path(path)), f"{folder}/{path}", "none", Path(path).suffix[1:])


SONGS = {s.id: s for s in [song("a.mp3"), song("live/b c.mp3"), song("live/Café.wav")]}


def message(text, songs=SONGS):
    with pytest.raises(SettingsError) as caught:
        takes_of(read_settings(changed(text), SCHEMA), songs)
    line = str(caught.value)
    assert line.startswith("config.yaml: ")
    assert len(line.splitlines()) == 1
    return line.removeprefix("config.yaml: ")


def takes(text, songs=SONGS):
    return takes_of(read_settings(changed(text), SCHEMA), songs)


def leaves(values, path=()):
    if isinstance(values, dict):
        for key, value in values.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, values


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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("effects: {chains: {x: [Revrb: {}]}}", "effects.chains.x[0] Revrb: unknown effect"),
        ("effects: {chains: {x: [Reverb: {room: 1}]}}", "effects.chains.x[0] Reverb: unknown para"),
        ("effects: {chains: {x: [Reverb: {mix: 1}]}}", "effects.chains.x[0] Reverb"),
        ("effects: {chains: {x: Reverb}}", "effects.chains.x: expected a list of effects"),
        ("effects: {parts: {guitar: none}}", "effects.parts.guitar: there is no chain 'none'"),
        ("effects: {master: glu}", "effects.master: there is no chain 'glu'"),
    ],
)
def test_a_wrong_effect_is_named(text, wanted):
    assert message(text).startswith(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("takes: {x: {model: lstn}}", "takes.x.model: unknown model 'lstn'; did you mean lstm?"),
        ("takes: {x: {model: [lstm, lstn]}}", "takes.x.model: unknown model 'lstn'; did you"),
        ("takes: {x: {song: b.mp3}}", "takes.x.song: unknown song 'b.mp3'; "),
        (
            "takes: {x: {effects: {bass: dirt}}}",
            "takes.x.effects.bass: unknown chain 'dirt'; did yo",
        ),
        ('takes: {x: {song: "a\\nb"}}', "takes.x.song: unknown song 'a\\nb'; "),
        ("generate: {song: nowhere}", "takes.first-light.song: unknown song 'nowhere'; "),
    ],
)
def test_what_a_take_names_must_exist(text, wanted):
    assert message(text).startswith(wanted)


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
        takes_of(read_settings(config, SCHEMA), {})
    except SettingsError as error:
        line = str(error)
    else:
        line = "config.yaml: "
    assert line.startswith("config.yaml: ")
    assert len(line.splitlines()) == 1


def test_takes_inherit_what_generate_says():
    made = takes("{generate: {seconds: 12, seed: 9}, takes: {x: {seed: 2}, y: {}}}")
    assert (made["x"].knobs["seconds"], made["x"].knobs["seed"]) == (12, 2)
    assert (made["y"].knobs["seconds"], made["y"].knobs["seed"]) == (12, 9)


def test_a_take_without_a_word_is_what_generate_says():
    (made,) = takes_of(read_settings({}, SCHEMA), {}).values()
    knobs = read_settings({}, SCHEMA)["generate"]
    assert {**made.knobs, "model": made.models} == knobs


@pytest.mark.parametrize(
    ("named", "models"),
    [("lstm", ["lstm"]), ("[lstm, chords]", ["lstm", "chords"]), ("[lstm, lstm]", ["lstm"])],
)
def test_a_take_is_made_by_one_model_or_several(named, models):
    assert takes(f"takes: {{x: {{model: {named}}}}}")["x"].models == models


def test_pitch_classes_are_named_and_become_numbers():
    made = takes("takes: {x: {pitch_classes: [Bb, C, A#, F#]}, y: {}}")
    assert made["x"].knobs["pitch_classes"] == [0, 6, 10]
    assert made["y"].knobs["pitch_classes"] == []


def test_pitch_classes_that_the_range_leaves_out_are_refused():
    range_ = "lowest_pitch: 60, highest_pitch: 62"
    assert message(f"takes: {{x: {{{range_}, pitch_classes: [Eb, A]}}}}") == (
        "takes.x.pitch_classes: none of them lies between lowest_pitch, 60, and highest_pitch, 62"
    )
    assert takes(f"takes: {{x: {{{range_}, pitch_classes: [Eb, D]}}}}")


def test_the_schema_lists_the_pitch_classes():
    rules = yaml.safe_load(SCHEMA.read_text())["properties"]["generate"]["properties"]
    assert set(rules["pitch_classes"]["items"]["enum"]) == PITCH_CLASSES.keys()


def test_each_variation_is_a_track():
    made = takes("takes: {x: {variations: 2}, y: {}}")
    assert made["x"].tracks("x") == {"x-1": ("x", 1), "x-2": ("x", 2)}
    assert made["y"].tracks("y") == {"y": ("y", None)}


def test_a_variation_is_not_called_like_another_take():
    assert message("takes: {a: {variations: 2}, a-2: {}}") == (
        "takes.a.variations: a-2 would be one of them, but there is a take a-2: rename one"
    )
    assert takes("takes: {a: {variations: 2}, a-3: {}}")


def test_one_take_changes_no_other():
    before = takes("takes: {y: {}}")["y"]
    after = takes("takes: {x: {seed: 8, effects: {guitar: dirty}}, y: {}}")["y"]
    assert after == before


@pytest.mark.parametrize("path", ["a.mp3", "live/b c.mp3", "live/Café.wav"])
def test_a_song_may_be_named_by_its_path_or_its_id(path):
    by = {"path": path, "id": song_id(Path(path))}
    for named in by.values():
        assert takes(f'takes: {{x: {{song: "{named}"}}}}')["x"].knobs["song"] == by["id"]


def test_a_song_is_found_however_its_accents_are_spelt():
    for form in ("NFC", "NFD"):
        path = unicodedata.normalize(form, "live/Café.wav")
        for on_disk in ("NFC", "NFD"):
            known = song(unicodedata.normalize(on_disk, "live/Café.wav"))
            made = takes(f"takes: {{x: {{song: {path}}}}}", {known.id: known})
            assert made["x"].knobs["song"] == known.id


def test_a_take_sends_a_part_through_another_chain():
    effects = takes("takes: {x: {effects: {guitar: dirty, bass: null}}}")["x"].effects
    shipped = SHIPPED["effects"]
    assert effects["parts"] == {**shipped["parts"], "guitar": "dirty", "bass": None}


def test_a_take_carries_the_chains_that_it_uses_and_no_other():
    effects = takes("takes: {x: {effects: {guitar: dirty}}}")["x"].effects
    assert effects["chains"].keys() == {"dirty", "bass", "drums", "room", "glue"}


def of_genres(*paths):
    songs = [song(path) for path in paths]
    genres = [path.split("/")[0] if "/" in path else "none" for path in paths]
    return {s.id: s._replace(genre=g) for s, g in zip(songs, genres, strict=True)}


TWO_GENRES = of_genres("math_rock/a.mp3", "surf/b.mp3", "surf/old/c.mp3", "d.mp3")


def test_a_take_blends_genres():
    made = takes("takes: {x: {blend: {surf: 3, math_rock: 1}}, y: {}}", TWO_GENRES)
    assert made["x"].knobs["blend"] == {"surf": 3, "math_rock": 1}
    assert made["y"].knobs["blend"] == {}


def test_a_genre_is_found_however_its_accents_are_spelt():
    for form in ("NFC", "NFD"):
        songs = of_genres(unicodedata.normalize(form, "chaâbi/a.mp3"), "surf/b.mp3")
        genre = next(iter(songs.values())).genre
        made = takes("takes: {x: {blend: {cha\u00e2bi: 1}}}", songs)
        assert made["x"].knobs["blend"] == {genre: 1}


def test_a_genre_may_be_a_number():
    songs = of_genres("1980/a.mp3", "surf/b.mp3")
    assert takes("takes: {x: {blend: {1980: 1}}}", songs)["x"].knobs["blend"] == {"1980": 1}


@pytest.mark.parametrize(
    ("blend", "songs", "wanted"),
    [
        (
            "{surf: 1, ska: 1}",
            TWO_GENRES,
            "takes.x.blend: no song is of the genre 'ska'; there are math_rock, surf: to have"
            " another, put its songs into data/songs/ska/",
        ),
        (
            "{math_rock: 1, surf: 2}",
            of_genres("math_rock/a.mp3", "b.mp3"),
            "takes.x.blend: all songs are of one genre, math_rock: put songs of another into a"
            " folder of its own, such as data/songs/surf/",
        ),
        (
            "{surf: 1}",
            of_genres("surf/a.mp3"),
            "takes.x.blend: all songs are of one genre, surf: put songs of another into a folder"
            " of its own, such as data/songs/rock/",
        ),
        (
            "{surf: 1}",
            SONGS,
            "takes.x.blend: no song is of a genre: put songs of one into a folder of its own, such"
            " as data/songs/surf/",
        ),
        ("{surf: 0}", TWO_GENRES, "takes.x.blend: all weights are 0: one must be more"),
        (
            "{surf: -1}",
            TWO_GENRES,
            "takes.x.blend.surf: -1 is not allowed; it must be a number at least 0 and at most"
            " 1000000 (weight of a genre)",
        ),
    ],
)
def test_a_blend_that_cannot_be_is_explained(blend, songs, wanted):
    assert message(f"takes: {{x: {{blend: {blend}}}}}", songs) == wanted


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ("{densty: 1}", "takes.x.attributes.densty: unknown key; did you mean density? there are"),
        ("{pitch: 4}", "takes.x.attributes.pitch: 4 is not allowed; it must be a number at least"),
    ],
)
def test_an_attribute_that_cannot_be_is_explained(attributes, wanted):
    assert message(f"takes: {{x: {{attributes: {attributes}}}}}").startswith(wanted)


def test_the_schema_lists_the_attributes():
    rules = yaml.safe_load(SCHEMA.read_text())["properties"]["generate"]["properties"]
    assert tuple(rules["attributes"]["properties"]) == ATTRIBUTES
