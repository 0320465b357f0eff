import keras
import numpy as np
import pytest

from mathrock.dataset.conditioning import conditioning_vector
from mathrock.dataset.sequences import Sequences
from mathrock.models.lstm import build_model
from mathrock.models.lstm_stepper import Stepper
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.planes import ONSET
from mathrock.training import likelihood
from mathrock.training.likelihood import SongScore, evaluate, interval, nats_per_note, nats_per_step
from mathrock.training.music_statistics import describe
from splits import TRAIN, name_for
from stepping import stepped


@pytest.fixture(scope="module")
def songs(tmp_path_factory, riff):
    """Test songs of 70, 9 and 40 steps, and two training songs whose ends are for validation."""
    from mathrock.pianoroll import encoding
    from packing import pack

    folder, rolls = tmp_path_factory.mktemp("songs"), {}
    names = [name_for("test", valid=0.2, number=i) for i in range(3)]
    names += [name_for("train", valid=0.2, number=i) for i in range(2)]
    genres = ("a", "none", "b", "a", "b")
    for name, steps, genre in zip(names, (70, 9, 40, 50, 60), genres, strict=True):
        encoding.save(folder / f"{name}.npy", riff(steps, [40 + steps, 64]))
        rolls[name] = (folder / f"{name}.npy", genre)
    pack(rolls, folder, 16, window_seconds=1, valid=0.2, least_seconds=1)
    return Sequences(folder)


@pytest.fixture(scope="module")
def model(songs):
    keras.utils.set_random_seed(4)
    return build_model(describe(songs), units=4)


def nats_by_stepping(model, songs, span):
    """A span's nats by the stepper, which has heard the song from its first step."""
    roll = songs.song(span.song).astype("float32")
    before = np.concatenate([np.zeros_like(roll[:1]), roll[:-1]])
    logits = stepped(
        Stepper(model), roll, style=conditioning_vector(songs, {span.genre: 1.0})[None]
    )
    found = np.asarray(negative_log_likelihood(logits, *targets_and_mask(roll, before)), np.float64)
    first = span.first - span.song_first
    return found[first : first + span.steps].sum()


@pytest.mark.parametrize("split", ["valid", "test"])
@pytest.mark.parametrize(("batch", "chunk"), [(1, 7), (2, 16), (3, 1000), (16, 128)])
def test_the_score_is_that_of_the_whole_song_step_by_step(model, songs, split, batch, chunk):
    scores = evaluate(model, songs, split, batch, chunk)
    spans = songs.split(split)
    assert [(score.song, score.steps) for score in scores] == [(s.song, s.steps) for s in spans]
    for score, span in zip(scores, spans, strict=True):
        assert score.nats == pytest.approx(nats_by_stepping(model, songs, span), rel=1e-5)


def test_notes_are_onsets_of_the_scored_steps(model, songs):
    for split in ("valid", "test"):
        for score, span in zip(
            evaluate(model, songs, split, 2, 11), songs.split(split), strict=True
        ):
            assert score.notes == songs.read(span.first, span.steps)[:, :, ONSET].sum()


def test_all_chunks_have_one_shape(model, songs, monkeypatch):
    shapes = set()

    def predict(inputs):
        shapes.add(inputs["steps"].shape[:2])
        rows, steps = inputs["steps"].shape[:2]
        return {"nats": np.zeros((rows, steps)), "memory": inputs["memory"]}

    monkeypatch.setattr(model, "predict_on_batch", predict)
    evaluate(model, songs, "test", batch=2, chunk=16)
    assert shapes == {(2, 16)}


def test_a_split_without_songs_has_no_scores(pack_songs, riff):
    sequences = Sequences(pack_songs({TRAIN: riff(40)}, test=0)[0])
    model = build_model(describe(sequences), units=2)
    assert evaluate(model, sequences, "test", 2) == []
    assert likelihood.summarize([]) is None


SCORES = [SongScore(f"{i}", 10.0 * i, 5 + i * i, i) for i in range(40)]


def test_measures_are_over_all_songs_together():
    assert nats_per_step(SCORES) == pytest.approx(7800 / (200 + 20540))
    assert nats_per_note(SCORES) == pytest.approx(10)
    assert nats_per_step([]) is None
    assert nats_per_note([SongScore("silence", 1.0, 5, 0)]) is None


def test_the_interval_is_around_the_value_and_the_same_each_time():
    low, high = interval(SCORES)
    assert low < nats_per_step(SCORES) < high
    assert interval(SCORES) == (low, high)
    assert interval(SCORES, seed=1) != (low, high)


def test_songs_that_agree_have_a_narrow_interval():
    assert interval(SCORES, "notes") == pytest.approx((10, 10))
    alike = [SongScore(f"{i}", 30.0, 10, 3) for i in range(9)]
    assert interval(alike) == pytest.approx((3, 3))


def test_the_interval_narrows_with_the_root_of_the_songs():
    rng = np.random.default_rng(0)
    widths = []
    for songs in (50, 800):
        scores = [SongScore("", float(nats), 1, 1) for nats in rng.normal(10, 2, songs)]
        low, high = interval(scores)
        widths.append(high - low)
    assert widths[0] == pytest.approx(2 * 1.96 * 2 / 50**0.5, rel=0.2)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.3)


@pytest.mark.parametrize("scores", [[], SCORES[1:2]])
def test_one_song_has_no_interval(scores):
    assert interval(scores) is None


def test_the_summary_is_plain(model, songs):
    found = likelihood.summarize(evaluate(model, songs, "test", 3))
    assert (found["songs"], found["steps"]) == (3, 119)
    for measure in ("nats_per_step", "nats_per_note"):
        low, high = found[measure]["interval"]
        assert low <= found[measure]["value"] <= high
