import pytest

from mathrock.dataset.conditioning import conditioning_size
from mathrock.dataset.sequences import Sequences
from mathrock.generation.conditioning import LEAST_DENSITY, count_rows, make_conditioning
from mathrock.generation.errors import TakeError
from settings_of_takes import take_settings
from splits import TEST, VALID, name_for

KNOBS = {"blend": {}, "attributes": {}, "guidance": 1}


@pytest.fixture
def sequences(pack_songs, riff):
    """A surf song of 4 notes a second and a math one that speeds up; jazz is held back."""
    slow, fast = riff(160), riff(320, [40, 41])[::2]
    rolls = {name_for("train", number=n): roll for n, roll in enumerate((slow, fast))}
    rolls |= {VALID: riff(40), TEST: riff(40)}
    genres = dict(zip(rolls, ("surf", "math", "jazz", "surf"), strict=True))
    return Sequences(pack_songs(rolls, genres=genres, window_seconds=2, hop_seconds=1)[0])


def conditioning(sequences, notes_per_second=4.0, **knobs):
    return make_conditioning("x", take_settings(**{**KNOBS, **knobs}), sequences, notes_per_second)


def refused(sequences, **knobs):
    with pytest.raises(TakeError) as caught:
        conditioning(sequences, **knobs)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_without_a_word_nothing_is_told(sequences):
    for guidance in (0, 1, 2):
        vectors, weights, notes_per_second = conditioning(sequences, guidance=guidance)
        assert not vectors.any()
        assert vectors.shape == (1, conditioning_size(sequences))
        assert weights.tolist() == [1]
        assert notes_per_second == 4


def test_weights_add_up_to_1_and_the_density_is_theirs(sequences):
    math, surf = (sequences.densities[genre] for genre in ("math", "surf"))
    assert math > surf
    vectors, weights, notes_per_second = conditioning(sequences, blend={"surf": 3, "math": 1})
    assert vectors.tolist() == [[0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
    assert weights.tolist() == [0.75, 0.25]
    assert notes_per_second == pytest.approx(0.75 * surf + 0.25 * math)
    again = conditioning(sequences, blend={"surf": 30, "math": 10})
    assert (again.weights.tolist(), again.vectors.tolist()) == (weights.tolist(), vectors.tolist())


def test_a_genre_without_weight_is_not_told(sequences):
    assert conditioning(sequences, blend={"surf": 3, "math": 0}).weights.tolist() == [1]


def test_guidance_is_away_from_nothing_told(sequences):
    knobs = {"blend": {"surf": 3, "math": 1}, "attributes": {"pitch": 1}, "guidance": 2}
    vectors, weights, _ = conditioning(sequences, **knobs)
    assert vectors.tolist() == [[0, 1, 0, 1, 0, 0], [1, 0, 0, 1, 0, 0], [0] * 6]
    assert weights.tolist() == [1.5, 0.5, -1]
    assert count_rows(take_settings(**knobs)) == 3


def test_attributes_are_told_and_density_moves_what_is_aimed_at(sequences):
    vectors, weights, notes_per_second = conditioning(
        sequences, attributes={"density": 1.5, "pitch": -1}
    )
    assert vectors.tolist() == [[0, 0, 1.5, -1, 0, 0]]
    assert weights.tolist() == [1]
    _, deviation = sequences.attributes["density"]
    assert notes_per_second == pytest.approx(4 + 1.5 * deviation)
    sparse = conditioning(sequences, notes_per_second=0.1, attributes={"density": -3})
    assert sparse.notes_per_second == LEAST_DENSITY


def test_a_genre_without_training_songs_is_refused(sequences):
    assert refused(sequences, blend={"jazz": 1, "surf": 1}).startswith(
        "takes.x.blend: no model knows jazz: it has no training songs, because"
    )


def test_where_one_genre_is_left_none_is_known(pack_songs, riff):
    rolls = {name_for("train"): riff(100), VALID: riff(40)}
    genres = dict(zip(rolls, ("surf", "math"), strict=True))
    sequences = Sequences(pack_songs(rolls, genres=genres)[0])
    assert "knows surf: it, or all but one genre, has no" in refused(sequences, blend={"surf": 1})


def test_an_attribute_that_is_not_known_to_differ_is_refused(sequences):
    text = refused(sequences, attributes={"syncopation": 1})
    assert text.startswith("takes.x.attributes.syncopation: it is not known to differ between")
    assert "whose bars must be known" in text
