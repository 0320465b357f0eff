import numpy as np
import pytest
from test_sequences import TEST, VALID, name_for

from mathrock.sequences import Sequences
from mathrock.snippets import TakeError
from mathrock.takestyle import LEAST_DENSITY, style_of

KNOBS = {"blend": {}, "attributes": {}}


@pytest.fixture
def sequences(pack_songs, riff):
    """A surf song of 4 notes a second and a math one that speeds up; jazz is held back."""
    slow, fast = riff(160), riff(320, [40, 41])[::2]
    rolls = {name_for("train", number=n): roll for n, roll in enumerate((slow, fast))}
    rolls |= {VALID: riff(40), TEST: riff(40)}
    genres = dict(zip(rolls, ("surf", "math", "jazz", "surf"), strict=True))
    return Sequences(pack_songs(rolls, genres=genres, window_seconds=2, hop_seconds=1)[0])


def style(sequences, notes_per_second=4.0, **knobs):
    return style_of("x", {**KNOBS, **knobs}, sequences, notes_per_second)


def refused(sequences, **knobs):
    with pytest.raises(TakeError) as caught:
        style(sequences, **knobs)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_without_a_word_nothing_is_told(sequences):
    told, notes_per_second = style(sequences)
    assert not told.any()
    assert told.shape == (sequences.styles,)
    assert notes_per_second == 4


def test_weights_add_up_to_1_and_the_density_is_theirs(sequences):
    math, surf = (sequences.densities[genre] for genre in ("math", "surf"))
    assert math > surf
    told, notes_per_second = style(sequences, blend={"surf": 3, "math": 1})
    assert told[:2].tolist() == [0.25, 0.75]
    assert notes_per_second == pytest.approx(0.75 * surf + 0.25 * math)
    assert np.array_equal(told, style(sequences, blend={"math": 10, "surf": 30}).told)


def test_attributes_are_told_and_density_moves_what_is_aimed_at(sequences):
    told, notes_per_second = style(sequences, attributes={"density": 1.5, "pitch": -1})
    names = list(sequences.attributes)
    assert told[2 + names.index("density")] == 1.5
    assert told[2 + names.index("pitch")] == -1
    assert np.count_nonzero(told) == 2
    _, deviation = sequences.attributes["density"]
    assert notes_per_second == pytest.approx(4 + 1.5 * deviation)
    sparse = style(sequences, notes_per_second=0.1, attributes={"density": -3})
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
