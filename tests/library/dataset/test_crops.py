import numpy as np
import pytest

from mathrock.dataset import crops as cropping
from mathrock.dataset.augmentation import rotate_bars, stretch_time
from mathrock.dataset.crops import crops, cut
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.windows import windows_of
from mathrock.pianoroll.match_model import HISTORY_LENGTHS, find_matches, matched_steps
from splits import TEST, TRAIN, VALID, name_for

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
    windows = windows_of(sequences, split)
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
        found = find_matches(rolls[song])
        assert np.array_equal(arrays["echo"][:length], matched_steps(rolls[song], found)[heard])
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
    windows = windows_of(sequences, "train")
    batches = list(crops(sequences, windows, 4, NAMES))
    assert len(batches) == -(-len(windows) // 4)
    for inputs, weights, _ in batches:
        shapes = {name: values.shape for name, values in inputs.items()}
        assert shapes == {
            "before": (4, 24, 128, 2),
            "echo": (4, 24, 128, 2 * len(HISTORY_LENGTHS)),
            "likeness": (4, 24, len(HISTORY_LENGTHS)),
            "place": (4, 24, 2),
            "steps": (4, 24, 128, 2),
        }
        assert {values.dtype for values in (*inputs.values(), weights)} == {np.dtype("float32")}
    assert sum(weights.sum() for _, weights, _ in batches) == windows[:, 1].sum()


def test_padding_is_silence_without_weight(ends):
    _, sequences = ends
    inputs, weights, songs = list(crops(sequences, windows_of(sequences, "train"), 64, NAMES))[-1]
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


LINES = [[step, step / 16, 7, 8] for step in np.arange(3.3, 100, 10.4).tolist()]
GRIDS = {
    "time": {"steps_per_second": 16.0, "steps_per_beat": None, "bars": LINES},
    "beat": {"steps_per_second": 16.0, "steps_per_beat": 4, "bars": LINES},
    "no bars": {"steps_per_second": 16.0, "steps_per_beat": None, "bars": []},
}


def two_songs(pack_songs, kind, **knobs):
    """A song of 90 steps on a grid of `GRIDS`, another without bars so that places are in bars."""
    rolls = {TRAIN: random_roll(90, 1), VALID: random_roll(40, 2)}
    grids = {TRAIN: GRIDS[kind], VALID: GRIDS["time"]}
    knobs = {"window_seconds": 2, "hop_seconds": 1, **knobs}
    return rolls[TRAIN], Sequences(pack_songs(rolls, grids=grids, **knobs)[0])


def same(ones, others):
    return all(
        np.array_equal(one[0][name], other[0][name]) and np.array_equal(one[1], other[1])
        for one, other in zip(ones, others, strict=True)
        for name in NAMES
    )


def test_without_augmentation_nothing_is_drawn_or_changed(pack_songs):
    _, sequences = two_songs(pack_songs, "time", history_seconds=0.5)
    rng = np.random.default_rng(1)
    assert same(all_crops(sequences, rng=rng, stretch=0, rotate=False), all_crops(sequences))
    assert rng.random() == np.random.default_rng(1).random()


def test_the_same_seed_gives_the_same_crops(pack_songs):
    _, sequences = two_songs(pack_songs, "time")
    knobs = {"transpose": (-5, 6), "stretch": 0.2, "rotate": True}
    one, again, other = (
        all_crops(sequences, rng=np.random.default_rng(seed), **knobs) for seed in (1, 1, 2)
    )
    assert same(one, again)
    assert not same(one, other)


@pytest.mark.parametrize(("stretch", "tempo"), [(0.5, 1.5), (0.5, 0.5), (0.1, 1.1), (0.1, 0.9)])
def test_a_stretched_crop_is_its_part_of_the_song_at_another_tempo(
    pack_songs, monkeypatch, stretch, tempo
):
    """With its history; only a faster crop at the end of its song is shorter than its window."""
    roll, sequences = two_songs(pack_songs, "time", history_seconds=0.5)
    monkeypatch.setattr(cropping, "draw_tempo", lambda *_: tempo)
    lengths = []
    for arrays, weights, _, (first, steps) in all_crops(sequences, stretch=stretch):
        begin, end = max(0, first - round(8 * tempo)), min(90, first + round(steps * tempo))
        scored = np.flatnonzero(weights)
        length = scored[-1] + 1
        assert length == pytest.approx((end - begin) / tempo, abs=1)
        assert scored[0] == pytest.approx((first - begin) / tempo, abs=1)
        assert np.array_equal(scored, np.arange(scored[0], length))
        source = cut(sequences, sequences.span_at(first), begin, end - begin, NAMES)
        for name, values in stretch_time(source, length).items():
            assert np.array_equal(arrays[name][:length], values)
            assert not arrays[name][length:].any()
        at = np.arange(end - begin) * length // (end - begin)
        struck = np.zeros((length, 128), bool)
        np.logical_or.at(struck, at, roll[begin:end, :, 1])
        assert np.array_equal(arrays["steps"][:length, :, 1], struck)
        lengths.append(len(scored))
    assert max(lengths) >= 32 - 1
    assert (lengths[-1] < 32 - 1) == (tempo > 1)


def test_a_stretched_crop_never_hears_what_is_held_out(pack_songs):
    roll = np.zeros((100, 128, 2), bool)
    roll[80:, 60] = True
    folder, _ = pack_songs({TRAIN: roll}, window_seconds=2, hop_seconds=0.1, valid=0.2)
    for seed in range(9):
        rng = np.random.default_rng(seed)
        for arrays, *_ in all_crops(Sequences(folder), rng=rng, stretch=0.5, names=("steps",)):
            assert not arrays["steps"].any()


def test_a_song_on_the_beat_grid_is_not_stretched(pack_songs):
    _, sequences = two_songs(pack_songs, "beat")
    rng = np.random.default_rng(1)
    assert same(all_crops(sequences, rng=rng, stretch=0.3), all_crops(sequences))


def test_a_song_without_bars_is_not_rotated(pack_songs):
    _, sequences = two_songs(pack_songs, "no bars")
    rng = np.random.default_rng(1)
    assert same(all_crops(sequences, rng=rng, rotate=True), all_crops(sequences))


@pytest.mark.parametrize("kind", ["time", "beat"])
def test_a_crops_bars_are_rotated_at_the_songs_lines(pack_songs, kind):
    _, sequences = two_songs(pack_songs, kind, history_seconds=0.5)
    found = all_crops(sequences, rng=np.random.default_rng(1), rotate=True)
    rng, changed = np.random.default_rng(1), 0
    for (arrays, weights, *_), (plain, same_weights, _, (first, _)) in zip(
        found, all_crops(sequences), strict=True
    ):
        assert np.array_equal(weights, same_weights)
        length = np.flatnonzero(weights)[-1] + 1
        lines = sequences.bars(TRAIN)["step"] - max(0, first - 8)
        expected = rotate_bars(
            {name: values[:length] for name, values in plain.items()}, lines, rng
        )
        assert all(np.array_equal(arrays[name][:length], expected[name]) for name in NAMES)
        changed += not np.array_equal(arrays["steps"], plain["steps"])
    assert changed


@pytest.fixture
def styled(pack_songs):
    """Songs of two genres and of none whose pitches and densities differ; bars are known."""
    rolls = {name_for("train", number=n): random_roll(90, n) for n in range(3)}
    rolls |= {VALID: random_roll(60, 9)}
    moved = list(rolls)[1]
    rolls[moved] = np.roll(rolls[moved], 12, axis=1)
    genres = dict(zip(rolls, ("surf", "math", "none", "surf"), strict=True))
    knobs = {"genres": genres, "grids": dict.fromkeys(rolls, GRIDS["time"])}
    folder, _ = pack_songs(rolls, window_seconds=2, hop_seconds=0.5, **knobs)
    return genres, Sequences(folder)


def told(sequences, **knobs):
    """The style of each training crop, its song and the crop."""
    names = ("before", "steps", "style")
    knobs = {"names": names, "rng": np.random.default_rng(1), **knobs}
    for arrays, weights, song, _ in all_crops(sequences, **knobs):
        assert (arrays["style"][weights > 0] == arrays["style"][0]).all()
        yield arrays["style"][0], song, arrays["steps"][weights > 0] > 0


def test_without_training_the_genre_is_told_and_no_attribute(styled):
    genres, sequences = styled
    rows = {"surf": [0, 1], "math": [1, 0], "none": [0, 0]}
    for split in ("train", "valid"):
        rng = np.random.default_rng(1)
        for style, song, _ in told(sequences, split=split, rng=rng):
            assert style.tolist() == rows[genres[song]] + [0] * len(sequences.attributes)
        assert rng.random() == np.random.default_rng(1).random()


@pytest.mark.parametrize("unlabelled", [0.0, 0.25, 1.0])
def test_a_share_of_training_crops_is_not_told_its_genre(styled, unlabelled):
    genres, sequences = styled
    found = [
        style[:2].tolist()
        for seed in range(20)
        for style, song, _ in told(
            sequences, unlabelled=unlabelled, rng=np.random.default_rng(seed)
        )
        if genres[song] == "surf"
    ]
    assert {tuple(row) for row in found} <= {(0, 0), (0, 1)}
    assert found.count([0, 0]) / len(found) == pytest.approx(unlabelled, abs=0.1)


def test_attributes_are_those_of_the_crop_or_not_told(styled):
    _, sequences = styled
    knobs = {"transpose": (-5, 6), "stretch": 0.2, "rotate": True, "unlabelled": 0.25}
    names = list(sequences.attributes)
    pitch, density = names.index("pitch"), names.index("density")
    tellings = []
    for seed in range(20):
        for style, _, steps in told(sequences, rng=np.random.default_rng(seed), **knobs):
            scores = style[2:]
            if scores[pitch]:
                mean, deviation = sequences.attributes["pitch"]
                actual = np.nonzero(steps[:, :, 1])[1].mean()
                assert scores[pitch] == pytest.approx((actual - mean) / deviation, abs=1e-3)
            tellings.append(scores != 0)
    shares = np.array(tellings).mean(axis=0)
    assert shares[[pitch, density]] == pytest.approx([0.25, 0.25], abs=0.06)
    assert (~np.array(tellings).any(axis=1)).mean() > 0.45


def test_the_same_seed_tells_the_same_styles(styled):
    _, sequences = styled
    one, again, other = (
        [style for style, *_ in told(sequences, unlabelled=0.25, rng=np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_style_changes_nothing_else_that_is_drawn_for_a_crop(styled):
    _, sequences = styled
    knobs = {"transpose": (-5, 6), "batch": 1, "unlabelled": 0.25}
    windows = windows_of(sequences, "train")[:1]
    found = [
        next(crops(sequences, windows, names=names, rng=np.random.default_rng(3), **knobs))[0]
        for names in (("steps",), ("steps", "style"))
    ]
    assert np.array_equal(found[0]["steps"], found[1]["steps"])
