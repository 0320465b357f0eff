from types import SimpleNamespace

import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.files.json_files import read_json
from mathrock.generation.errors import TakeError
from mathrock.generation.key_constraint import transpose
from mathrock.generation.take import make_take, takes_at_once
from mathrock.generation.take_settings import TakeSettings
from mathrock.music.score import Note
from mathrock.pianoroll import encoding
from mathrock.pianoroll.planes import DRUM, ONSET, SOUNDING, VELOCITY
from mathrock.songs.key_table import SongKey, write_keys

KNOBS = {"song": "long", "start": 0, "snippet_seconds": 1, "keep_snippet": False, "seconds": 2}
KNOBS |= {"temperature": 1.0, "max_polyphony": 8, "lowest_pitch": 28, "highest_pitch": 96}
KNOBS |= {"longest_silence": 0.75, "longest_note": 3, "density": 1, "seed": 1}
KNOBS |= {"variations": 1, "top_p": 1, "pitch_classes": [], "in_key": False, "tonic": None}
KNOBS |= {"blend": {}, "attributes": {}, "guidance": 2}
KNOBS |= {"path": "vary", "distance": 0.3, "to": "any", "points": 0}
KEYS = {"long": SongKey("C major", 0.9, "C lydian", (0, 2, 4, 6, 7, 9, 11), 1.0)}
KEYS |= {"short": SongKey()}


def settings(**knobs):
    return TakeSettings.from_params({**KNOBS, **knobs})


class Inputs(list):
    """As Snakemake hands them over: a list with names."""

    def __init__(self, folder):
        self.sequences = [folder / "steps.npy", folder / "index.json"]
        self.found_keys = folder / "keys.tsv"
        write_keys(self.found_keys, KEYS)
        super().__init__([*self.sequences, self.found_keys])


class Model:
    is_autoregressive = False
    needs = frozenset({"place"})

    def advance(self, context):
        self.context = context

    def logits(self, yes):
        return np.full(yes.shape, -5.0, np.float32)


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
        make_take(name, lambda start: Model(), settings(**knobs), {}, Inputs(folder), out)
        return np.load(out.roll), read_json(out.made)

    return make


def test_a_take_is_a_snippet_and_what_follows(make):
    roll, made = make()
    assert (roll.shape, roll.dtype) == ((16 + 32, 128, 4), np.uint8)
    assert (made["take"], made["song"], made["snippet_steps"]) == ("x", "long", 16)
    assert made["steps_per_second"] == 16


def test_the_snippet_is_the_songs_from_its_first_note(make, riff):
    roll, made = make()
    assert np.array_equal(roll[: made["snippet_steps"], :, :2], riff(160)[:16])


def test_the_snippet_may_start_later(make, riff):
    roll, _ = make(start=2.5, snippet_seconds=3)
    assert np.array_equal(roll[:48, :, :2], riff(160)[40:88])


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
    files = {str(folder / name) for name in ("steps.npy", "index.json", "keys.tsv")}
    assert files == made["made"]["inputs"].keys()


def test_the_shortest_take_is_a_step(make):
    roll, made = make(seconds=0.001, snippet_seconds=0.001)
    assert (len(roll), made["snippet_steps"]) == (2, 1)


def test_a_snippet_may_end_with_the_song(make):
    assert len(make(start=9)[0]) == 48


def test_nats_are_the_mean_of_the_new_steps(make):
    roll, made = make()
    notes = roll[16:, :, 1].sum() / 32
    assert made["nats_per_step"] == pytest.approx(128 * np.log1p(np.exp(-5)) + 5 * notes, abs=0.1)


def test_variations_are_one_snippet_continued_in_several_ways(make):
    rolls, made = make(variations=3)
    assert rolls.shape == (3, 48, 128, 4)
    assert (rolls[:, :16] == rolls[0, :16]).all()
    assert len({roll.tobytes() for roll in rolls}) == 3
    assert len(made["take_is_like"]) == len(made["nats_per_step"]) == 3


def test_the_first_variation_is_the_take_alone(make):
    (rolls, several), (roll, alone) = make("several", variations=2), make("alone")
    assert np.array_equal(rolls[0], roll)
    assert several["nats_per_step"][0] == alone["nats_per_step"]


def test_pitch_classes_are_kept_to(make):
    roll, _ = make(pitch_classes=[0, 3], density=3, seconds=20)
    struck = np.flatnonzero(roll[16:, :, 1].any(axis=0))
    assert set(struck % 12) == {0, 3}


def test_the_songs_key_is_told(make):
    _, made = make()
    assert (made["key"], made["scale"], made["moved"]) == ("C major", "C lydian", 0)
    _, made = make(song="short", snippet_seconds=0.5)
    assert (made["key"], made["scale"], made["moved"]) == ("unknown", "unknown", 0)


def test_a_take_in_key_keeps_to_the_scale(make):
    roll, _ = make(in_key=True, density=3, seconds=20)
    assert set(np.flatnonzero(roll[16:, :, 1].any(axis=0)) % 12) == {*KEYS["long"].pitch_classes}
    roll, _ = make(in_key=True, pitch_classes=[0, 1, 2], density=3, seconds=20)
    assert set(np.flatnonzero(roll[16:, :, 1].any(axis=0)) % 12) == {0, 2}


def test_a_take_that_needs_a_key_that_was_not_found_is_refused(make):
    with pytest.raises(TakeError, match=r"takes.x.in_key: no scale was found for short"):
        make(song="short", snippet_seconds=0.5, in_key=True)


def test_a_moved_take_is_the_same_take_elsewhere(make):
    (here, _), (there, made) = make("here", seconds=20), make("there", seconds=20, tonic="D")
    assert made["moved"] == 2
    assert np.array_equal(there, transpose(here, 2, 28, 96))
    assert not there[:, :28].any()
    assert not there[:, 97:].any()


def test_variations_are_moved_alike(make):
    (several, made), (alone, _) = make("several", variations=2, tonic="G"), make("a", tonic="G")
    assert made["moved"] == -5
    assert np.array_equal(several[0], alone)


def test_the_bars_go_on_where_the_snippet_is_in_its_song(pack_songs, riff, tmp_path):
    folder, _ = pack_songs({"long": riff(160)}, cycles=(7,))
    model, out = Model(), SimpleNamespace(roll=tmp_path / "x.npy", made=tmp_path / "x.json")
    make_take("x", lambda start: model, settings(start=1), {}, Inputs(folder), out)
    angle = 2 * np.pi * (16 + 16 + 31) / 7  # the last step's place in the song
    np.testing.assert_allclose(model.context["place"], [[np.cos(angle), np.sin(angle)]], atol=1e-4)


class Listener(Model):
    """Remembers all places that it was told."""

    def __init__(self):
        self.places = []

    def advance(self, context):
        self.places.append(context["place"][0])


def test_on_beats_a_take_goes_on_with_whole_bars(pack_songs, riff, tmp_path):
    bars = [[42 * n, 1.5 * n, 7, 8] for n in range(13)]  # at 140 quarter notes a minute
    grid = {"steps_per_second": 27.5, "steps_per_beat": 12, "bars": bars}
    folder, _ = pack_songs({"long": riff(504)}, 24, grids={"long": grid})
    model, out = Listener(), SimpleNamespace(roll=tmp_path / "x.npy", made=tmp_path / "x.json")
    make_take(
        "x",
        lambda start: model,
        settings(start=1.4, snippet_seconds=3),
        {},
        Inputs(folder),
        out,
    )
    roll, made = np.load(out.roll), read_json(out.made)
    assert np.array_equal(roll[:84, :, :VELOCITY], riff(504)[42:126])
    assert (len(roll), made["snippet_steps"]) == (84 + 42, 84)  # 2 s are nearest to one bar
    assert made["steps_per_second"] == pytest.approx(28)
    assert made["take_is_like"]["seconds"] == 1.5
    assert made["bars"] == [[42 * n, 1.5 * n, 7, 8] for n in range(4)]
    assert np.array_equal(model.places, Sequences(folder).places("long", 42, 126))


def test_on_seconds_a_take_tells_its_bars_where_they_are_known(pack_songs, riff, tmp_path):
    bars = [[28 * n, 1.75 * n, 7, 8] for n in range(7)]
    grid = {"steps_per_second": 16, "steps_per_beat": None, "bars": bars}
    folder, _ = pack_songs({"long": riff(160)}, grids={"long": grid})
    model, out = Listener(), SimpleNamespace(roll=tmp_path / "x.npy", made=tmp_path / "x.json")
    make_take("x", lambda start: model, settings(start=2), {}, Inputs(folder), out)
    made = read_json(out.made)
    assert (len(np.load(out.roll)), made["snippet_steps"]) == (16 + 32, 16)
    assert made["bars"] == [[-4, -0.25, 7, 8], [24, 1.5, 7, 8], [52, 3.25, 7, 8]]
    assert np.allclose(model.places, Sequences(folder).places("long", 32, 48), atol=1e-5)


def test_without_bars_a_take_has_none(make):
    assert make()[1]["bars"] == []


@pytest.mark.parametrize("variations", [1, 2])
def test_the_snippet_is_played_as_its_song_is(pack_songs, riff, tmp_path, variations):
    notes = [Note(at / 4, at / 4 + 0.2, 60, 20 + at) for at in range(80)]
    song = encoding.encode(notes, 16, [Note(at / 2, at / 2, 36, 40 + at) for at in range(40)])
    folder, _ = pack_songs({"before": riff(50), "long": song})
    out = SimpleNamespace(roll=tmp_path / "x.npy", made=tmp_path / "x.json")
    asked = settings(start=2, variations=variations)
    make_take("x", lambda start: Model(), asked, {}, Inputs(folder), out)
    for roll in np.load(out.roll).reshape(-1, 48, 128, 4):
        assert np.array_equal(roll[:16], song[32:48])
        assert not roll[16:, :, [VELOCITY, DRUM]].any()
        assert roll[16:, :, [SOUNDING, ONSET]].any()


class Stylish(Model):
    """Strikes more where the style says so; remembers what it was told."""

    needs = frozenset({"before", "style"})

    def logits(self, yes):
        logits = super().logits(yes)
        logits[:, 40:50] += 3 * self.context["style"][:, :1, None]
        return logits


@pytest.fixture
def blended(pack_songs, riff, tmp_path):
    rolls = {"long": riff(160), "other": riff(160, [40, 41])}
    genres = {"long": "surf", "other": "math"}
    splits = dict.fromkeys(rolls, "train")
    folder, _ = pack_songs(rolls, genres=genres, splits=splits)

    def make(**knobs):
        out = SimpleNamespace(roll=tmp_path / "x.npy", made=tmp_path / "x.json")
        model, asked = Stylish(), settings(**{"seconds": 5, **knobs})
        make_take("x", lambda start: model, asked, {}, Inputs(folder), out)
        assert len(model.context["before"]) == takes_at_once(asked)
        return np.load(out.roll), model.context["style"]

    return make


def test_a_blend_makes_another_take_and_the_same_again(blended):
    (plain, nothing), (one, told), (again, _) = (
        blended(**knobs) for knobs in ({}, *[{"blend": {"math": 3, "surf": 1}}] * 2)
    )
    assert nothing.shape == (1, 6)
    assert not nothing.any()
    assert told[:, :2].tolist() == [[1, 0], [0, 1], [0, 0]]
    assert np.array_equal(one, again)
    assert not np.array_equal(one, plain)
    assert np.array_equal(one[:16], plain[:16])  # the snippet is the song's


@pytest.mark.parametrize("guidance", [1, 3])
def test_variations_are_told_alike_and_are_each_the_take_of_its_luck(blended, guidance):
    knobs = {"blend": {"math": 1, "surf": 2}, "guidance": guidance}
    several, told = blended(variations=2, **knobs)
    alone, _ = blended(**knobs)
    assert told[:4, :2].tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]
    assert len(told) == (4 if guidance == 1 else 6)
    assert np.array_equal(several[0], alone)


def test_guidance_goes_further(blended):
    notes = [
        int(blended(blend={"math": 1}, guidance=guidance, density=0)[0][16:, 40:50, ONSET].sum())
        for guidance in (0, 1, 2)
    ]
    assert notes[0] < notes[1] < notes[2]


def test_attributes_are_told(blended):
    told = blended(attributes={"pitch": 2})[1]
    assert told[0].tolist() == [0, 0, 0, 2, 0, 0]
    assert not told[1].any()
