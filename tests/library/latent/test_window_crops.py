import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.latent.window_crops import window_crops
from splits import TRAIN, name_for

OTHER = name_for("train", number=1)
STEPS, HISTORY = 20, 5
NAMES = ["before", "steps", "inside", "place"]


@pytest.fixture
def packed(pack_songs, riff):
    rolls = {TRAIN: riff(90), OTHER: riff(37, [50, 55])}
    return rolls, Sequences(pack_songs(rolls, cycles=(8,))[0])


def crops_of(sequences, windows, batch=3, **knobs):
    found = []
    for inputs, weights, songs in window_crops(
        sequences, np.array(windows), STEPS, HISTORY, batch, NAMES, **knobs
    ):
        for row, song in enumerate(songs):
            found.append(({n: a[row] for n, a in inputs.items()}, weights[row], song))
        rest = {name: array[len(songs) :] for name, array in inputs.items()}
        assert not weights[len(songs) :].any()
        assert not any(rest[name].any() for name in ("before", "steps", "place"))
        assert (rest["inside"].sum(axis=1) == 1).all()
    return found


def windows_of(sequences):
    second = sequences.song_first(OTHER)
    return [(0, 20), (3, 20), (70, 20), (second, 20), (second + 20, 17)]


def test_a_window_has_its_true_history_in_front_and_padding_behind(packed):
    rolls, sequences = packed
    windows = windows_of(sequences)
    for (inputs, weights, song), (first, steps) in zip(
        crops_of(sequences, windows), windows, strict=True
    ):
        at = first - sequences.song_first(song)
        silence = np.zeros((HISTORY + 1, 128, 2), bool)
        known = np.concatenate([silence, rolls[song], np.zeros((STEPS, 128, 2), bool)])
        heard = known[at + 1 : at + 1 + HISTORY + steps]
        assert np.array_equal(inputs["steps"][: HISTORY + steps], heard)
        before = known[at : at + HISTORY + steps].copy()
        if at == 0:
            before[: HISTORY + 1] = 0
        assert np.array_equal(inputs["before"][: HISTORY + steps], before)
        assert not inputs["steps"][HISTORY + steps :].any()
        expected = np.arange(STEPS) < steps
        assert np.array_equal(inputs["inside"], expected)
        assert np.array_equal(weights, [False] * HISTORY + expected.tolist())
        places = sequences.places(song, at, steps)
        assert np.array_equal(inputs["place"][HISTORY : HISTORY + steps], places)


def test_windows_may_hear_nothing_of_before(packed):
    _, sequences = packed
    for inputs, _, _ in crops_of(sequences, windows_of(sequences), alone=1):
        assert not inputs["before"][: HISTORY + 1].any()
        assert not inputs["steps"][:HISTORY].any()
        assert inputs["steps"][HISTORY:].any()


def test_what_is_drawn_follows_from_the_generator(packed):
    _, sequences = packed
    windows = [(20, 20)] * 40

    def crops(seed):
        rng = np.random.default_rng(seed)
        return crops_of(sequences, windows, rng=rng, transpose=(-2, 2), alone=0.5)

    one, again, other = crops(1), crops(1), crops(2)
    for (a, *_), (b, *_) in zip(one, again, strict=True):
        assert all(np.array_equal(a[name], b[name]) for name in NAMES)
    pairs = zip(one, other, strict=True)
    assert any(not np.array_equal(a["steps"], b["steps"]) for (a, *_), (b, *_) in pairs)
    lowest = {int(np.flatnonzero(inputs["steps"].any(axis=(0, 2)))[0]) for inputs, *_ in one}
    assert lowest == {58, 59, 60, 61, 62}
    alone = [not inputs["before"][: HISTORY + 1].any() for inputs, *_ in one]
    assert 8 < sum(alone) < 32
