from types import SimpleNamespace

import numpy as np
import pytest

from mathrock.latent.metrics import Meter
from mathrock.latent.paths import shift
from mathrock.latent.summary import read_latents, write_latents
from mathrock.latent.task import task_for
from mathrock.models import vae
from mathrock.training.music_statistics import describe
from small_vae import SECOND, SIZES, SMALL, THIRD, shaken
from splits import TRAIN


def test_means_are_those_of_the_training_windows(meter, latents):
    found = list(meter.encoded("train"))
    means = np.concatenate([some.mean for some in found])
    songs = np.array([song for some in found for song in some.songs])
    assert np.allclose(latents.mean, means.mean(axis=0), atol=1e-5)
    assert latents.genres == ["math_rock", "surf"]
    for genre, song in (("math_rock", TRAIN), ("surf", SECOND)):
        expected = means[songs == song].mean(axis=0)
        assert np.allclose(latents.genre_means[latents.genres.index(genre)], expected, atol=1e-5)
        assert np.allclose(latents.song_means[latents.songs.index(song)], expected, atol=1e-5)
    assert latents.active == pytest.approx((means.var(axis=0) > 0.01).mean())
    assert latents.song_genres[latents.songs.index(THIRD)] == "none"


def test_directions_are_what_least_squares_finds(meter, packed, latents):
    from mathrock.dataset.conditioning import attributes_at
    from mathrock.pianoroll.attributes import standard_scores

    found = list(meter.encoded("train"))
    means = np.concatenate([some.mean for some in found])
    places = np.concatenate([some.places for some in found])
    told = np.array(
        [standard_scores(attributes_at(packed, *place), packed.attributes) for place in places]
    )
    solved = np.linalg.lstsq(np.column_stack([np.ones(len(told)), told]), means, rcond=None)[0]
    assert latents.attributes == ["density", "pitch", "syncopation", "repetition"]
    residual = means - means.mean(axis=0)
    ours = means - told @ latents.directions
    ours -= ours.mean(axis=0)
    theirs = means - told @ solved[1:]
    theirs -= theirs.mean(axis=0)
    assert (ours**2).sum() == pytest.approx(float((theirs**2).sum()), rel=1e-3)
    assert (ours**2).sum() < (residual**2).sum()


def test_a_blend_of_ones_own_genre_moves_nothing(latents):
    assert not shift(latents, "surf", {}, {}).any()
    assert np.allclose(shift(latents, "surf", {"surf": 1.0}, {}), 0, atol=1e-6)


def test_a_blend_leads_from_the_songs_genre_to_the_blended(latents):
    rock, surf = latents.genre_means
    assert np.allclose(shift(latents, "surf", {"math_rock": 1.0}, {}), rock - surf, atol=1e-6)
    half = shift(latents, "surf", {"math_rock": 0.5, "surf": 0.5}, {})
    assert np.allclose(half, (rock - surf) / 2, atol=1e-6)
    for unlabelled in ("none", None):
        moved = shift(latents, unlabelled, {"math_rock": 1.0}, {})
        assert np.allclose(moved, rock - latents.mean, atol=1e-6)


def test_attributes_move_along_their_directions(latents):
    moved = shift(latents, "surf", {}, {"density": 2, "pitch": -1})
    assert np.allclose(moved, 2 * latents.directions[0] - latents.directions[1], atol=1e-6)


def test_they_are_read_as_they_were_written(latents, tmp_path):
    write_latents(tmp_path / "latents.npz", latents)
    again = read_latents(tmp_path / "latents.npz")
    for name in latents._fields:
        assert np.array_equal(getattr(latents, name), getattr(again, name)), name
    first = (tmp_path / "latents.npz").read_bytes()
    write_latents(tmp_path / "latents.npz", again)
    assert (tmp_path / "latents.npz").read_bytes() == first


def test_a_collapsed_posterior_is_said_with_the_knob_to_turn(packed, tmp_path):
    lessons, sizes = task_for(packed, SIZES | SMALL)
    model = vae.build_model(describe(packed), **sizes)
    mean = model.get_layer("encoder").mean
    told, outputs = [], SimpleNamespace(latents=tmp_path / "latents.npz")
    lessons.finish(shaken(model), 3, outputs, told.append)
    assert told == []
    mean.set_weights([np.zeros_like(w) for w in mean.get_weights()])
    lessons.finish(model, 3, outputs, told.append)
    assert len(told) == 1
    assert "0% of the latent units" in told[0]
    assert "models.vae.beta" in told[0]


def test_the_more_samples_the_closer_the_bound(meter):
    def nats(samples):
        return sum(score.nats for score in meter.bound("train", samples))

    standard_scores, shown = meter.objective("train")
    steps = sum(score.steps for score in standard_scores)
    windows = sum(len(some.songs) for some in meter.encoded("train"))
    whole = shown["reconstruction"] * steps + shown["kl"] * windows
    assert nats(1) == pytest.approx(whole, rel=0.1)
    assert nats(1) > nats(8) > nats(64)


def test_each_song_is_scored_with_all_its_steps_and_notes(meter, packed):
    for split in ("train", "valid"):
        for standard_scores in (meter.objective(split)[0], meter.bound(split, 1)):
            expected = [
                (s.song, s.steps, int(packed.read(s.first, s.steps)[..., 1].sum()))
                for s in packed.split(split)
            ]
            assert [(s.song, s.steps, s.notes) for s in standard_scores] == expected
    assert meter.bound("test", 1) == []
    assert meter.objective("test")[0] == []


def test_the_meter_has_the_songs_that_it_gives(meter, packed):
    songs = list(meter.songs("train", most=2))
    assert [len(song.roll) for song in songs] == [160, 100]
    for song in songs:
        assert sum(song.lengths) == len(song.roll) == len(song.places)
        assert len(song.points) == len(song.lengths)
    assert isinstance(meter, Meter)
