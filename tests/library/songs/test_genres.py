from mathrock.generation.conditioning import shares
from mathrock.songs.genres import NO_GENRE, blendable


def test_a_single_genre_is_nothing_to_blend():
    assert blendable(["surf", NO_GENRE, "surf"]) == []
    assert blendable([]) == []
    assert blendable(["surf", NO_GENRE, "math_rock", "surf"]) == ["math_rock", "surf"]


def test_shares_add_up_to_1():
    assert shares({"a": 2, "b": 6, "c": 0}) == {"a": 0.25, "b": 0.75, "c": 0}
    assert shares({}) == {}
