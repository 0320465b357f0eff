import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.formats.repeats import RepeatSigns as Signs
from mathrock.formats.repeats import unfold

SIGNS = st.builds(
    Signs, st.booleans(), st.integers(0, 3), st.sampled_from([(), (1,), (2,), (1, 3)])
)
FIRST, SECOND = (1,), (2,)


@pytest.mark.parametrize(
    ("bars", "order"),
    [
        ([Signs(), Signs()], [0, 1]),
        ([Signs(), Signs(closes=1), Signs()], [0, 1, 0, 1, 2]),
        ([Signs(), Signs(opens=True), Signs(closes=1), Signs()], [0, 1, 2, 1, 2, 3]),
        ([Signs(closes=2)], [0, 0, 0]),
        ([Signs(), Signs(closes=1), Signs(), Signs(closes=1)], [0, 1, 0, 1, 2, 3, 2, 3]),
        ([Signs(), Signs(False, 1, FIRST), Signs(False, 0, SECOND)], [0, 1, 0, 2]),
        ([Signs(), Signs(False, 1, FIRST), Signs(False, 1, SECOND), Signs()], [0, 1, 0, 2, 3]),
        (
            [Signs(), Signs(False, 1, FIRST), Signs(False, 0, SECOND), Signs(), Signs(closes=1)],
            [0, 1, 0, 2, 3, 4, 3, 4],
        ),
        ([Signs(), Signs(False, 1, (1, 2)), Signs(False, 0, (3,))], [0, 1, 0, 1, 0, 2]),
        ([Signs(), Signs(False, 1, FIRST), Signs()], [0, 1, 0, 2]),
    ],
)
def test_bars_are_played_as_signs_say(bars, order):
    assert unfold(bars) == order


@given(st.lists(SIGNS, max_size=12))
def test_it_ends_whatever_the_signs(bars):
    order = unfold(bars)
    assert len(order) <= 5 * len(bars)
    assert set(order) <= set(range(len(bars)))
