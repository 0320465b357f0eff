import numpy as np
import pytest
from test_sequences import TEST, TRAIN, VALID, name_for

from mathrock import crops as cropping
from mathrock.crops import crops, cut, transposed
from mathrock.echoes import MEMORIES, find_echoes, follow
from mathrock.sequences import Sequences

NAMES = ("before", "echo", "likeness", "place", "steps")


def random_roll(steps, seed=0, planes=2):
    roll = np.random.default_rng(seed).random((steps, 128, planes)) < 0.02
    roll[:, :40] = roll[:, 80:] = False
    return roll


@pytest.fixture
def ends(pack_songs):
    """Two training songs of 90 and 13 steps whose last fifths are for validation."""
    rolls = {TRAIN: random_roll(90, 1), name_for("train", number=1): random_roll(13, 2)}
    folder, _ = pack_songs(
        rolls, window_seconds=1, hop_seconds=1, history_seconds=0.5, valid=0.2, test=0, cycles=(8,)
    )
    return rolls, Sequences(folder)


def all_crops(sequences, split="train", batch=3, names=NAMES, **knobs):
    """Each crop of a split: its arrays, its weights, its song, its window."""
    windows = sequences.windows(split)
    found = []
    for inputs, weights, songs in crops(sequences, windows, batch, names, **knobs):
        for row, song in enumerate(songs):
            arrays = {name: values[row] for name, values in inputs.items()}
            found.append((arrays, weights[row], song, windows[len(found)]))
    return found


@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_crop_has_its_true_history(ends, split):
    rolls, sequences = ends
    for arrays, weights, song, (first, steps) in all_crops(sequences, split):
        start = first - sequences.span_at(first).song_first
        scored = np.flatnonzero(weights)
        heard = slice(start - scored[0], start + steps)
        past = np.concatenate([np.zeros((1, 128, 2), bool), rolls[song]])
        length = scored[-1] + 1
        assert np.array_equal(arrays["steps"][:length], rolls[song][heard])
        assert np.array_equal(arrays["before"][:length], past[heard])
        found = find_echoes(rolls[song])
        assert np.array_equal(arrays["echo"][:length], follow(rolls[song], found)[heard])
        assert np.array_equal(arrays["likeness"][:length], found["likeness"][heard])
        assert np.array_equal(arrays["place"][:length], sequences.places(song, heard.start, length))


def test_history_is_heard_but_not_scored(ends):
    _, sequences = ends
    for _, weights, _, (first, steps) in all_crops(sequences):
        history = min(8, first - sequences.span_at(first).song_first)
        expected = np.zeros(24)
        expected[history : history + steps] = 1
        assert np.array_equal(weights, expected)


def test_batches_are_of_one_shape_and_every_window_counts(ends):
    _, sequences = ends
    windows = sequences.windows("train")
    batches = list(crops(sequences, windows, 4, NAMES))
    assert len(batches) == -(-len(windows) // 4)
    for inputs, weights, _ in batches:
        shapes = {name: values.shape for name, values in inputs.items()}
        assert shapes == {
            "before": (4, 24, 128, 2),
            "echo": (4, 24, 128, 2 * len(MEMORIES)),
            "likeness": (4, 24, len(MEMORIES)),
            "place": (4, 24, 2),
            "steps": (4, 24, 128, 2),
        }
        assert {values.dtype for values in (*inputs.values(), weights)} == {np.dtype("float32")}
    assert sum(weights.sum() for _, weights, _ in batches) == windows[:, 1].sum()


def test_padding_is_silence_without_weight(ends):
    _, sequences = ends
    inputs, weights, songs = list(crops(sequences, sequences.windows("train"), 64, NAMES))[-1]
    for values in inputs.values():
        assert not values[len(songs) :].any()
    assert not weights[len(songs) :].any()


def test_only_what_is_named_is_made(ends, monkeypatch):
    monkeypatch.setattr(cropping, "_echo", None)
    arrays = all_crops(ends[1], names=("before", "steps"))[0][0]
    assert arrays.keys() == {"before", "steps"}


def test_a_songs_first_step_comes_from_silence_and_echoes_nothing(ends):
    arrays = all_crops(ends[1])[0][0]
    assert not arrays["before"][0].any()
    assert not arrays["echo"][0].any()
    assert arrays["steps"].any()


def test_a_single_plane_comes_through(pack_songs):
    roll = random_roll(40, 3, planes=1)
    folder, _ = pack_songs({TRAIN: roll, VALID: roll}, planes=("sounding",), window_seconds=1)
    sequences = Sequences(folder)
    arrays, *_ = all_crops(sequences, names=("before", "echo", "steps"))[0]
    assert np.array_equal(arrays["steps"], roll[:16])
    assert np.array_equal(arrays["echo"], follow(roll, find_echoes(roll))[:16])


def test_a_transposed_crop_is_a_crop_of_the_transposed_song(pack_songs):
    """Steps, those before and echoes move together: echoes know nothing of absolute pitch."""
    roll = random_roll(60)
    moved = np.roll(roll, 3, axis=1)
    folder, _ = pack_songs({TRAIN: roll, VALID: moved}, window_seconds=1, hop_seconds=1)
    sequences = Sequences(folder)
    knobs = {"rng": np.random.default_rng(0), "transpose": (3, 3)}
    shifts = set()
    for one, other in zip(
        all_crops(sequences, "train", **knobs), all_crops(sequences, "valid"), strict=True
    ):
        shift = int(np.flatnonzero(one[0]["steps"].any((0, 2)))[0])
        shift -= int(np.flatnonzero(other[0]["steps"].any((0, 2)))[0]) - 3
        shifts.add(shift)
        for name in ("before", "echo", "steps"):
            assert np.array_equal(np.roll(one[0][name], 3 - shift, axis=1), other[0][name])
        assert np.array_equal(one[0]["likeness"], other[0]["likeness"])
    assert len(shifts) > 1  # to stay is always among the choices
    assert shifts <= {0, 1, 2, 3}


def crop_of(roll, echo=None):
    echo = np.zeros_like(roll) if echo is None else echo
    return {"before": np.roll(roll, 1, axis=0), "steps": roll, "echo": echo}


def used(crop):
    return np.flatnonzero(np.any([crop[n].any(axis=(0, 2)) for n in cropping.PITCHED], axis=0))


@pytest.mark.parametrize("pitches", [[21, 108], [21, 40], [100, 108], [60]])
def test_transposition_stays_on_the_piano_and_keeps_the_music(riff, pitches):
    roll, shifts = riff(16, pitches), set()
    for seed in range(40):
        moved = transposed(crop_of(roll), (-5, 6), np.random.default_rng(seed))
        on = used(moved)
        assert on[0] >= 21
        assert on[-1] <= 108
        shift = on[0] - min(pitches)
        assert np.array_equal(moved["steps"], np.roll(roll, shift, axis=1))
        shifts.add(int(shift))
    lowest, highest = max(-5, 21 - min(pitches)), min(6, 108 - max(pitches))
    assert (min(shifts), max(shifts)) == (lowest, highest)


def test_echoes_stay_on_the_piano_too(riff):
    crop = crop_of(riff(16, [60]), riff(16, [22, 107]))
    moved = [transposed(crop, (-5, 6), np.random.default_rng(seed)) for seed in range(20)]
    assert {tuple(used(one)[[0, -1]].tolist()) for one in moved} == {
        (21, 106),
        (22, 107),
        (23, 108),
    }


def test_notes_off_the_piano_are_not_moved_further_off(riff):
    crop = crop_of(riff(16, [10, 60]))
    moved = [transposed(crop, (-5, 6), np.random.default_rng(seed)) for seed in range(20)]
    assert min(used(one)[0] for one in moved) >= 10


def test_silence_and_no_transposition_change_nothing(riff):
    rng = np.random.default_rng(1)
    silence = crop_of(np.zeros((8, 128, 2), bool))
    assert transposed(silence, (-5, 6), rng) is silence
    assert np.array_equal(transposed(crop_of(riff(8)), (0, 0), rng)["steps"], riff(8))


def test_a_stretch_across_the_border_of_two_spans_is_whole(ends):
    rolls, sequences = ends
    span = sequences.split("valid")[0]
    crop = cut(sequences, span, span.first - 5, 10, ("before", "steps"))
    assert np.array_equal(crop["steps"], rolls[TRAIN][span.first - 5 : span.first + 5])
    assert np.array_equal(crop["before"], rolls[TRAIN][span.first - 6 : span.first + 4])


def test_songs_do_not_reach_into_each_other(pack_songs):
    rolls = {TRAIN: random_roll(20, 1), VALID: random_roll(20, 2), TEST: random_roll(20, 3)}
    sequences = Sequences(pack_songs(rolls, window_seconds=1, history_seconds=9)[0])
    for split, song in (("valid", VALID), ("test", TEST)):
        arrays, weights, name, _ = all_crops(sequences, split)[0]
        assert name == song
        assert not arrays["before"][0].any()
        assert np.array_equal(arrays["steps"][weights > 0], rolls[song][:16])
