import json

import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.demo.math_rock import compose
from mathrock.demo.math_rock_pieces import PIECES
from mathrock.evaluation.comparison import compare
from mathrock.evaluation.histograms import FEATURES
from mathrock.evaluation.piece_metrics import METRICS
from mathrock.music.bars import BAR, to_rows
from mathrock.music.grid import beat_grid
from mathrock.music.score_bars import bars_of
from mathrock.pianoroll.encoding import encode
from mathrock.songs.status import Status, write_status
from packing import pack

PER_BEAT = 4


def encoded(name, seed=0):
    """A demo song's roll and its grid's facts, in sixteenths."""
    score = compose(name, seed)
    grid = beat_grid(score.tempos, PER_BEAT)
    roll = encode(score.pitched_notes, grid)
    facts = {"steps_per_second": len(roll) / grid.seconds(len(roll)), "steps_per_beat": PER_BEAT}
    return roll, facts | {"bars": to_rows(bars_of(score, grid, len(roll)))}


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The ten demo songs, three of which are held out."""
    folder = tmp_path_factory.mktemp("packed")
    rolls, grids = {}, {}
    for name in PIECES:
        roll, grids[name] = encoded(name)
        np.save(folder / f"{name}.npy", roll)
        rolls[name] = folder / f"{name}.npy", ""
    held = dict.fromkeys(list(PIECES)[1::4], "valid")
    pack(rolls, folder, 12, splits=dict.fromkeys(PIECES, "train") | held, grids=grids)
    return Sequences(folder)


def write_take(folder, model, name, roll, facts, song="none", variations=1):
    (folder / model).mkdir(exist_ok=True)
    np.save(folder / model / f"{name}.npy", roll)
    made = {"take": name, "song": song, "snippet_steps": 0, "bars": facts["bars"]}
    made |= {"steps_per_second": facts["steps_per_second"]}
    made |= {"made": {"settings": {"variations": variations}}}
    path = folder / model / f"{name}.json"
    path.write_text(json.dumps(made))
    return path


def noise(seed, steps=400):
    """As many notes as in a song, at any pitch and any time, in 7/8."""
    roll = np.zeros((steps, 128, 4), np.uint8)
    roll[:, 30:90, :2] = np.random.default_rng(seed).random((steps, 60, 1)) < 0.02
    lines = np.arange(0, steps + 14, 14)
    bars = np.array([(line, line / 10, 7, 8) for line in lines], BAR)
    return roll, {"steps_per_second": 10.0, "bars": to_rows(bars)}


@pytest.fixture(scope="module")
def takes(tmp_path_factory):
    """Takes of a model that knows the style, and of one that knows nothing."""
    folder = tmp_path_factory.mktemp("takes")
    good = [write_take(folder, "good", name, *encoded(name, 7)) for name in PIECES]
    bad = [write_take(folder, "noise", f"n{seed}", *noise(seed)) for seed in range(6)]
    return [*good, *bad]


@pytest.fixture(scope="module")
def compared(packed, takes):
    return compare(packed, takes)


def test_the_result_is_plain_and_complete(compared):
    assert json.loads(json.dumps(compared, allow_nan=False))["piece_seconds"] == 10
    assert compared["features"]["pitch_class"]["bins"][0] == "C"
    assert compared["scores"]["pitch_class_entropy"]["unit"] == "bits"
    assert list(compared["groups"]) == ["train", "held_out", "good", "noise"]
    assert list(compared["closeness"]) == ["held_out", "good", "noise"]
    for group in compared["groups"].values():
        assert group["distributions"].keys() == FEATURES.keys()
        assert group["scores"].keys() == METRICS.keys()
        for name, shares in group["distributions"].items():
            assert len(shares) == len(FEATURES[name].bins)
            assert sum(shares) == pytest.approx(1, abs=0.01)
        for score in group["scores"].values():
            assert score["low"] <= score["high"]
    assert compared["groups"]["train"]["sources"] == 7
    assert compared["groups"]["held_out"]["sources"] == 3
    assert compared["groups"]["good"]["pieces"] > 25


def test_a_track_has_its_own_scores(compared):
    tracks = compared["tracks"]
    assert len(tracks) == 16
    assert tracks["good/paper-planets"].keys() == METRICS.keys()
    assert tracks["good/paper-planets"]["scale_consistency"] == 1
    assert tracks["noise/n1"]["scale_consistency"] < 0.8
    assert compared["references"] == {}


def test_held_out_songs_and_the_same_style_are_closer_than_noise(compared):
    close = compared["closeness"]
    for group in ("held_out", "good"):
        for feature in ("interval", "note_length", "polyphony", "density"):
            assert close[group][feature]["overlap"] > close["noise"][feature]["overlap"] + 0.1
        for feature in FEATURES:
            assert (
                feature == "groove" or close[group][feature]["kl"] < close["noise"][feature]["kl"]
            )


def test_metres_are_right_where_they_change(compared):
    """Another seed plays other notes in the same metres."""
    shares = [compared["groups"][name]["distributions"]["metre"] for name in ("train", "good")]
    metres = compared["features"]["metre"]["bins"]
    for place, metre in enumerate(metres):
        assert (shares[1][place] > 0.01) >= (shares[0][place] > 0.03), metre
    assert {"7/8", "11/8", "5/4"} <= {m for m, s in zip(metres, shares[1], strict=True) if s > 0.05}
    scores = {group: its["scores"] for group, its in compared["groups"].items()}
    assert scores["train"]["groove_consistency"]["mean"] > 0.7
    assert scores["noise"]["groove_consistency"]["mean"] < 0.6


def test_noise_has_less_variety_than_songs(compared):
    varieties = {name: group["variety"] for name, group in compared["groups"].items()}
    for feature in ("pitch_class", "interval"):
        assert varieties["noise"][feature] < 0.8 * varieties["train"][feature]
        assert varieties["good"][feature] > 0.8 * varieties["train"][feature]


def test_the_same_again(packed, takes, compared):
    assert compare(packed, takes) == compared


def test_no_takes_and_no_references(packed):
    found = compare(packed, [])
    assert list(found["groups"]) == ["train", "held_out"]
    assert found["tracks"] == {}


def test_of_many_pieces_some_are_compared(packed, takes):
    found = compare(packed, takes, most=4)
    assert [group["pieces"] for group in found["groups"].values()] == [4, 3, 10, 6]
    assert len(found["tracks"]) == 16


def test_silent_short_and_barless_takes_are_told(packed, tmp_path):
    facts = {"steps_per_second": 10.0, "bars": []}
    silent = write_take(tmp_path, "silent", "a", np.zeros((400, 128, 4), np.uint8), facts)
    short = write_take(tmp_path, "short", "b", np.zeros((20, 128, 4), np.uint8), facts)
    roll = noise(0, 100)[0]
    lone = write_take(tmp_path, "lone", "c", roll, facts)
    found = compare(packed, [silent, short, lone])
    assert [found["groups"][name]["pieces"] for name in ("silent", "short", "lone")] == [4, 0, 1]
    assert found["tracks"]["short/b"] == dict.fromkeys(METRICS)
    assert found["groups"]["silent"]["distributions"]["pitch_class"] is None
    assert found["closeness"]["silent"]["pitch_class"] is None
    assert "too few pieces" in found["unknown"]["silent"]["pitch_class"]
    assert found["closeness"]["lone"]["metre"] is None
    assert 0 <= found["closeness"]["lone"]["interval"]["overlap"] < 0.9
    assert found["tracks"]["lone/c"]["groove_consistency"] is None


def test_variations_are_tracks(packed, tmp_path):
    rolls, (_, facts) = np.stack([noise(seed)[0] for seed in (1, 2)]), noise(1)
    take = write_take(tmp_path, "noise", "a", rolls, facts, variations=2)
    found = compare(packed, [take])
    assert list(found["tracks"]) == ["noise/a-1", "noise/a-2"]
    assert found["groups"]["noise"]["sources"] == 2


def test_a_take_is_not_compared_with_the_song_that_it_continues(packed, tmp_path):
    roll, facts = encoded("seven-lanterns")
    own = compare(packed, [write_take(tmp_path, "m", "a", roll, facts, "seven-lanterns")])
    other = compare(packed, [write_take(tmp_path, "m", "a", roll, facts)])
    shown = [found["closeness"]["m"]["pitch_class"]["overlap"] for found in (own, other)]
    assert shown[0] != shown[1]


def test_references_are_one_more_group(packed, tmp_path):
    statuses = []
    for name in ("paper-planets", "seven-lanterns"):
        roll, facts = encoded(name, 3)
        np.save(tmp_path / f"{name}.npy", roll)
        statuses.append(tmp_path / f"{name}.json")
        write_status(statuses[-1], Status(name, f"{name}.mid", facts={"grid": facts}))
    statuses.append(tmp_path / "broken.json")
    write_status(statuses[-1], Status("broken", "broken.mid").failed("no MIDI"))
    found = compare(packed, [], statuses)
    assert list(found["references"]) == ["paper-planets", "seven-lanterns"]
    assert found["references"]["paper-planets"]["scale_consistency"] == 1
    assert found["groups"]["references"]["sources"] == 2
    assert found["closeness"]["references"]["pitch_class"]["overlap"] > 0.5
    assert list(compare(packed, [], statuses[-1:])["groups"]) == ["train", "held_out"]
