from types import SimpleNamespace

import numpy as np
import pytest

from mathrock.provenance import read_json
from mathrock.sequences import Sequences
from mathrock.takes import TakeError, _choose_song, make_take

KNOBS = {"song": "long", "start": 0, "snippet_seconds": 1, "keep_snippet": False, "seconds": 2}
KNOBS |= {"temperature": 1.0, "max_polyphony": 8, "lowest_pitch": 28, "highest_pitch": 96}
KNOBS |= {"longest_silence": 0.75, "longest_note": 3, "density": 1, "seed": 1}


class Inputs(list):
    """As Snakemake hands them over: a list with names."""

    def __init__(self, folder):
        super().__init__([folder / "steps.npy", folder / "index.json"])
        self.index = folder / "index.json"


class Model:
    def step(self, frame):
        return np.full((128, 2), -5.0)


@pytest.fixture
def folder(pack_songs, riff):
    """A long song that begins with a second of silence, and a short one."""
    silence = np.zeros((16, 128, 2), np.bool_)
    songs = {"long": np.concatenate([silence, riff(160)]), "short": riff(20, [50])}
    return pack_songs(songs)[0]


@pytest.fixture
def make(folder, tmp_path):
    def make(name="x", **knobs):
        out = SimpleNamespace(roll=tmp_path / f"{name}.npy", made=tmp_path / f"{name}.json")
        make_take(name, Model(), {**KNOBS, **knobs}, {}, Inputs(folder), out)
        return np.load(out.roll), read_json(out.made)

    return make


def test_a_take_is_a_snippet_and_what_follows(make):
    roll, made = make()
    assert roll.shape == (16 + 32, 128, 2)
    assert (made["take"], made["song"], made["snippet_steps"]) == ("x", "long", 16)
    assert made["steps_per_second"] == 16


def test_the_snippet_is_the_songs_from_its_first_note(make, riff):
    roll, made = make()
    assert np.array_equal(roll[: made["snippet_steps"]], riff(160)[:16])


def test_the_snippet_may_start_later(make, riff):
    roll, _ = make(start=2.5, snippet_seconds=3)
    assert np.array_equal(roll[:48], riff(160)[40:88])


def test_the_same_knobs_give_the_same_take(make):
    (one, made), (other, again) = make("x"), make("x")
    assert np.array_equal(one, other)
    assert made == again


def test_another_seed_continues_in_another_way(make):
    (one, _), (other, _) = make(), make(seed=2)
    assert np.array_equal(one[:16], other[:16])
    assert not np.array_equal(one[16:], other[16:])


def test_the_measures_are_of_the_new_music_alone(make):
    _, made = make()
    assert made["take_is_like"]["seconds"] == 2
    assert made["song_is_like"]["seconds"] == 11


def test_how_it_was_made_is_all_there(make, folder):
    _, made = make()
    assert made["made"]["settings"] == KNOBS
    assert {str(folder / "steps.npy"), str(folder / "index.json")} == made["made"]["inputs"].keys()


def test_the_shortest_take_is_a_step(make):
    roll, made = make(seconds=0.001, snippet_seconds=0.001)
    assert (len(roll), made["snippet_steps"]) == (2, 1)


def test_a_snippet_may_end_with_the_song(make):
    assert len(make(start=9)[0]) == 48


def message(make, **knobs):
    with pytest.raises(TakeError) as caught:
        make("second-wind", **knobs)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_snippet_that_does_not_fit_is_an_error_with_numbers(make):
    assert message(make, start=9.5) == (
        "takes.second-wind: a snippet of 1 s that starts at 9.5 s does not fit into long, which"
        " lasts 10.0 s from its first note: lower start or snippet_seconds"
    )
    assert "starts at 500 s" in message(make, start=500)


def test_a_song_that_could_not_be_used_is_an_error_that_lists_others(make):
    text = message(make, song="broken")
    assert "takes.second-wind.song: broken could not be used" in text
    assert text.endswith("choose one of long, short")


def test_any_song_is_one_that_is_long_enough(make):
    assert {make(song="any", start=5, seed=seed)[1]["song"] for seed in range(6)} == {"long"}


def test_any_song_is_every_song_for_some_seed(make):
    assert {make(song="any", seed=seed)[1]["song"] for seed in range(12)} == {"long", "short"}


def test_where_no_song_is_long_enough_the_longest_gives_what_it_has(make):
    made = make(song="any", start=300)[1]
    assert made["song"] == "long"
    assert made["snippet_steps"] == KNOBS["snippet_seconds"] * made["steps_per_second"]


def test_adding_a_song_rarely_changes_which_is_any(pack_songs, riff):
    rolls = {f"song-{i}": riff(40) for i in range(12)}
    few = Sequences(pack_songs(dict(list(rolls.items())[:11]), folder="few")[0])
    more = Sequences(pack_songs(rolls, folder="more")[0])
    same = 0
    for seed in range(60):
        knobs = {**KNOBS, "song": "any", "seed": seed}
        before, after = _choose_song("x", knobs, few), _choose_song("x", knobs, more)
        assert after in (before, "song-11")
        same += after == before
    assert same >= 48


def test_held_out_ends_belong_to_their_song(pack_songs, riff):
    """`any` and snippets see whole songs, whatever the split did to them."""
    folder, _ = pack_songs({"long": riff(160)}, valid=0.2)
    assert len(Sequences(folder).spans) == 2
    assert len(Sequences(folder).song("long")) == 160
