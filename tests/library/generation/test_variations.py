import numpy as np

from mathrock.generation.variations import join, made_of, pick, tracks_of


def test_a_take_alone_is_its_own_track():
    assert tracks_of("a", 1) == {"a": ("a", None)}


def test_variations_are_numbered_from_1():
    assert list(tracks_of("a", 3)) == ["a-1", "a-2", "a-3"]


def test_what_was_joined_is_found_again():
    rolls = np.arange(6).reshape(3, 2)
    assert join(rolls[:1]).tolist() == pick(join(rolls[:1]), None).tolist() == [0, 1]
    assert [pick(join(rolls), number).tolist() for number in (1, 2, 3)] == rolls.tolist()


def test_made_of_a_track_is_as_if_it_had_been_made_alone():
    made = {"take": "a", "take_is_like": [{"seconds": 1}, {"seconds": 2}], "nats_per_step": [3, 4]}
    assert made_of(made, 2) == {"take": "a", "take_is_like": {"seconds": 2}, "nats_per_step": 4}
    alone = {"take": "a", "take_is_like": {"seconds": 1}, "nats_per_step": 3}
    assert made_of(alone, None) == alone
