import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.generation.errors import TakeError
from mathrock.generation.snippets import Snippet, choose_target
from mathrock.generation.take import Start
from mathrock.latent.paths import find_path, fractions, stepper_for
from mathrock.latent.slerp import slerp
from settings_of_takes import take_settings
from small_vae import SECOND
from splits import TRAIN

KNOBS = {"path": "vary", "distance": 0.3, "to": "any", "points": 0, "seed": 1, "variations": 1}
KNOBS |= {"blend": {}, "attributes": {}, "start": 0, "snippet_seconds": 2, "song": "any"}
OWN = np.random.default_rng(1).normal(size=(3, 5)).astype("f4")
OTHER = np.random.default_rng(2).normal(size=(2, 5)).astype("f4")


def path(count=7, seed=1, **knobs):
    return find_path(take_settings(**KNOBS | knobs), OWN, OTHER, count, np.random.default_rng(seed))


@given(st.integers(0, 99), st.floats(0, 1))
def test_ways_are_great_circles(seed, way):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, 16))
    point = slerp(one, other, way)
    lengths = np.log([np.linalg.norm(one), np.linalg.norm(point), np.linalg.norm(other)])
    assert lengths[1] == pytest.approx((1 - way) * lengths[0] + way * lengths[2], abs=1e-4)

    def angle(a, b):
        return np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))

    assert angle(one, point) == pytest.approx(way * angle(one, other), abs=2e-3)
    assert angle(point, other) == pytest.approx((1 - way) * angle(one, other), abs=2e-3)


def test_ways_end_where_they_should_even_where_there_is_no_circle():
    for one, other in ((OWN[0], OWN[0]), (OWN[0], 2 * OWN[0]), (np.zeros(5, "f4"), OWN[0])):
        assert np.allclose(slerp(one, other, 0), one, atol=1e-5)
        assert np.allclose(slerp(one, other, 1), other, atol=1e-5)


def test_reconstruct_goes_through_the_snippet_again_and_again():
    assert np.array_equal(path(path="reconstruct"), OWN[[0, 1, 2, 0, 1, 2, 0]])


def test_vary_goes_as_far_as_it_is_told_and_what_recurs_recurs():
    assert np.allclose(path(distance=0), OWN[[0, 1, 2, 0, 1, 2, 0]], atol=1e-5)
    varied = path(distance=0.4)
    assert np.array_equal(varied[:3], varied[3:6])
    assert np.array_equal(varied, path(distance=0.4))
    assert not np.allclose(varied, path(distance=0.4, seed=2))
    lengths = [np.linalg.norm(path(distance=d) - path(distance=0)) for d in (0.1, 0.3, 0.6)]
    assert lengths == sorted(lengths)
    assert np.allclose(
        path(distance=1)[0] / np.linalg.norm(path(distance=1)[0]),
        path(distance=1)[1] / np.linalg.norm(path(distance=1)[1]),
        atol=1e-5,
    )


def test_sample_is_of_the_prior_alone():
    drawn = path(path="sample", distance=1)
    assert np.array_equal(
        drawn,
        find_path(
            take_settings(path="sample", distance=1), OWN + 9, None, 7, np.random.default_rng(1)
        ),
    )
    assert np.array_equal(drawn[:3], drawn[3:6])
    many = find_path(
        take_settings(path="sample", distance=1),
        np.zeros((4000, 5), "f4"),
        None,
        4000,
        np.random.default_rng(0),
    )
    assert np.allclose(many.mean(axis=0), 0, atol=0.06)
    still = path(path="sample", distance=0)
    assert np.allclose(still, still[0], atol=1e-5)


def test_interpolate_goes_all_the_way():
    found = path(path="interpolate")
    assert np.allclose(found[0], OWN[0], atol=1e-5)
    assert np.allclose(found[-1], OTHER[0], atol=1e-5)
    assert np.allclose(found[3], slerp(OWN[0], OTHER[1], 0.5), atol=1e-5)


def test_interpolate_goes_in_as_many_steps_as_it_is_told():
    assert fractions(6, 3).tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert fractions(5, 0).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert fractions(3, 9).tolist() == [0, 0.5, 1]
    assert fractions(4, 1).tolist() == [0, 0, 1, 1]
    assert fractions(1, 0).tolist() == [0]


def start_at(packed, first, end, steps, target=None):
    snippet = Snippet(TRAIN, first, end, packed.song(TRAIN))
    return Start(packed, snippet, target, steps, packed.bars(TRAIN))


def stepper(meter, packed, latents, **knobs):
    settings, target = take_settings(**KNOBS | knobs), None
    if settings.path == "interpolate":
        target = choose_target("x", settings, packed, TRAIN)
    start = start_at(packed, 16, 48, 40, target)
    return stepper_for(settings, start, meter.model, latents)


def told(stepper):
    return stepper._conditioning


def test_points_are_the_means_of_the_snippets_windows(meter, packed, latents):
    found = stepper(meter, packed, latents, path="reconstruct")
    means = next(meter.encoded("train")).mean  # of the song's first windows of 16 steps
    decoder = meter.model.get_layer("decoder")
    expected = keras.ops.convert_to_numpy(decoder.instructions(means[[1, 2, 1]]))
    assert np.allclose(told(found)[0], expected, atol=1e-4)


def test_a_style_moves_all_points(meter, packed, latents):
    plain = stepper(meter, packed, latents)
    assert np.array_equal(told(plain), told(stepper(meter, packed, latents)))
    for knobs in ({"blend": {"surf": 1.0}}, {"attributes": {"pitch": 1}}, {"seed": 2}):
        assert not np.allclose(told(plain), told(stepper(meter, packed, latents, **knobs)))
    own = {"blend": {"math_rock": 1.0}}
    assert np.allclose(told(plain), told(stepper(meter, packed, latents, **own)), atol=1e-4)


def test_a_short_rest_of_a_snippet_gives_no_point(meter, packed, latents):
    start = start_at(packed, 16, 16 + 37, 48)
    settings = take_settings(**KNOBS | {"path": "reconstruct"})
    found = told(stepper_for(settings, start, meter.model, latents))[0]
    assert np.allclose(found[0], found[2], atol=1e-5)
    assert not np.allclose(found[0], found[1], atol=1e-5)


def test_both_ends_of_a_way_are_moved_from_their_own_genres(meter, packed, latents):
    """So a blend of one genre does not take the end that is of it already any further."""
    knobs = {"path": "interpolate", "to": SECOND}
    plain = told(stepper(meter, packed, latents, **knobs))[0]
    blended = told(stepper(meter, packed, latents, **knobs, blend={"surf": 1.0}))[0]
    assert np.allclose(plain[-1], blended[-1], atol=1e-4)
    assert not np.allclose(plain[0], blended[0], atol=1e-4)


def test_what_the_odds_lean_to(meter, packed, latents):
    assert stepper(meter, packed, latents).notes_per_second is None
    assert stepper(meter, packed, latents, path="sample").notes_per_second == 0
    found = stepper(meter, packed, latents, path="interpolate", to=SECOND).notes_per_second
    assert found == pytest.approx(4, rel=0.1)
    blended = {"path": "interpolate", "blend": {"surf": 1.0}}
    assert stepper(meter, packed, latents, **blended).notes_per_second is None


def test_variations_differ(meter, packed, latents):
    one, other = told(stepper(meter, packed, latents, variations=2))
    assert not np.allclose(one, other)
    assert np.allclose(one, told(stepper(meter, packed, latents))[0], atol=1e-5)


def test_an_interpolation_needs_another_song_that_is_there(meter, packed, latents):
    knobs = {"path": "interpolate", "snippet_seconds": 2}
    stepper(meter, packed, latents, to=SECOND, **knobs)
    stepper(meter, packed, latents, to="any", **knobs)
    with pytest.raises(TakeError, match=r"takes\.x\.to: nowhere could not be used"):
        stepper(meter, packed, latents, to="nowhere", **knobs)
