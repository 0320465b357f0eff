import json
import unicodedata
from dataclasses import fields
from pathlib import Path

import pytest

from mathrock.config.settings import read_settings
from mathrock.config.take import takes_of
from mathrock.generation.take_settings import TakeSettings
from mathrock.songs.listing import song_id
from settings_files import SCHEMA, SHIPPED, SONGS, message, song, takes


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


def test_takes_inherit_what_generate_says():
    made = takes("{generate: {seconds: 12, seed: 9}, takes: {x: {seed: 2}, y: {}}}")
    assert (made["x"].settings.seconds, made["x"].settings.seed) == (12, 2)
    assert (made["y"].settings.seconds, made["y"].settings.seed) == (12, 9)


def test_a_take_without_a_word_is_what_generate_says():
    (made,) = takes_of(read_settings({}, SCHEMA), {}).values()
    knobs = read_settings({}, SCHEMA)["generate"]
    assert {**made.settings.to_params(), "model": made.models} == knobs


@pytest.mark.parametrize(
    ("named", "models"),
    [("lstm", ["lstm"]), ("[lstm, chords]", ["lstm", "chords"]), ("[lstm, lstm]", ["lstm"])],
)
def test_a_take_is_made_by_one_model_or_several(named, models):
    assert takes(f"takes: {{x: {{model: {named}}}}}")["x"].models == models


def test_pitch_classes_are_named_and_become_numbers():
    made = takes("takes: {x: {pitch_classes: [Bb, C, A#, F#]}, y: {}}")
    assert made["x"].settings.pitch_classes == (0, 6, 10)
    assert made["y"].settings.pitch_classes == ()


def test_pitch_classes_that_the_range_leaves_out_are_refused():
    range_ = "lowest_pitch: 60, highest_pitch: 62"
    assert message(f"takes: {{x: {{{range_}, pitch_classes: [Eb, A]}}}}") == (
        "takes.x.pitch_classes: none of them lies between lowest_pitch, 60, and highest_pitch, 62"
    )
    assert takes(f"takes: {{x: {{{range_}, pitch_classes: [Eb, D]}}}}")


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
        assert takes(f'takes: {{x: {{song: "{named}"}}}}')["x"].settings.song == by["id"]


def test_a_song_is_found_however_its_accents_are_spelt():
    for form in ("NFC", "NFD"):
        path = unicodedata.normalize(form, "live/Café.wav")
        for on_disk in ("NFC", "NFD"):
            known = song(unicodedata.normalize(on_disk, "live/Café.wav"))
            made = takes(f"takes: {{x: {{song: {path}}}}}", {known.id: known})
            assert made["x"].settings.song == known.id


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
    assert made["x"].settings.blend == {"surf": 3, "math_rock": 1}
    assert made["y"].settings.blend == {}


def test_a_genre_is_found_however_its_accents_are_spelt():
    for form in ("NFC", "NFD"):
        songs = of_genres(unicodedata.normalize(form, "chaâbi/a.mp3"), "surf/b.mp3")
        genre = next(iter(songs.values())).genre
        made = takes("takes: {x: {blend: {cha\u00e2bi: 1}}}", songs)
        assert made["x"].settings.blend == {genre: 1}


def test_a_genre_may_be_a_number():
    songs = of_genres("1980/a.mp3", "surf/b.mp3")
    assert takes("takes: {x: {blend: {1980: 1}}}", songs)["x"].settings.blend == {"1980": 1}


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


def test_a_take_is_typed_with_what_the_schema_knows():
    known = list(read_settings({}, SCHEMA)["generate"])
    assert ["model", *(field.name for field in fields(TakeSettings))] == known


def test_a_model_is_not_told_what_it_ignores():
    take = takes("takes: {x: {tonic: null}}")["x"]
    every = take.settings.to_params()
    of_vae = {"path", "distance", "to", "points"}
    assert every.keys() - take.knobs_of("lstm").keys() == of_vae
    assert every.keys() - take.knobs_of("lstm", "chords").keys() == of_vae
    assert every.keys() - take.knobs_of("vae").keys() == {"guidance"}
    assert take.knobs_of("lstm", "vae") == every
    assert every["tonic"] is None


def test_settings_come_back_from_params():
    take = takes("takes: {x: {pitch_classes: [C, G], attributes: {pitch: 1}}}")["x"]
    assert TakeSettings.from_params(take.settings.to_params()) == take.settings
    assert TakeSettings.from_params(take.knobs_of("vae")).guidance is None
    assert json.loads(json.dumps(take.settings.to_params())) == take.settings.to_params()
