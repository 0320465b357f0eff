import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.files.limits import MAX_BARS
from mathrock.formats.errors import ScoreError
from mathrock.formats.repeats import Jump, parse_ending, unfold
from mathrock.formats.repeats import RepeatSigns as Signs

REPEATS = (st.booleans(), st.integers(0, 3), st.sampled_from([(), (1,), (2,), (1, 3)]))
BARS = st.integers(0, 11)
JUMPS = st.builds(Jump, BARS, st.sampled_from(["", "fine", "coda"]), st.sampled_from([(), (2,)]))
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
        ([Signs(), Signs(closes=1), Signs(False, 0, SECOND)], [0, 1, 0, 1, 2]),
        ([Signs(), Signs(False, 0, FIRST), Signs(False, 0, SECOND)], [0, 1, 0, 2]),
    ],
)
def test_bars_are_played_as_signs_say(bars, order):
    assert unfold(bars) == order


DC = Jump(0)


@pytest.mark.parametrize(
    ("bars", "order"),
    [
        ([Signs(), Signs(jump=DC), Signs()], [0, 1, 0, 1, 2]),
        ([Signs(), Signs(is_fine=True), Signs(jump=DC)], [0, 1, 2, 0, 1]),
        ([Signs(), Signs(is_fine=True), Signs(jump=Jump(1))], [0, 1, 2, 1]),
        ([Signs(closes=1), Signs(jump=DC)], [0, 0, 1, 0, 1]),
        ([Signs(), Signs(closes=1, jump=DC)], [0, 1, 0, 1, 0, 1]),
        (
            [Signs(), Signs(False, 1, FIRST), Signs(False, 0, SECOND), Signs(jump=DC)],
            [0, 1, 0, 2, 3, 0, 2, 3],
        ),
        ([Signs(), Signs(False, 0, FIRST, DC), Signs(False, 0, SECOND)], [0, 1, 0, 2]),
        ([Signs(coda=2), Signs(jump=DC), Signs(closes=1)], [0, 1, 0, 2, 2]),
        ([Signs(coda=2), Signs(jump=Jump(0, "fine")), Signs()], [0, 1, 0, 1, 2]),
        (
            [Signs(is_fine=True), Signs(coda=3), Signs(jump=Jump(0, "coda")), Signs()],
            [0, 1, 2, 0, 1, 3],
        ),
        ([Signs(), Signs(closes=2, jump=Jump(0, "", (2,)))], [0, 1, 0, 1, 0, 1]),
    ],
)
def test_a_jump_is_taken_once_and_then_each_section_is_played_once(bars, order):
    assert unfold(bars) == order


@given(st.lists(st.builds(Signs, *REPEATS, st.none(), st.just(False), st.none()), max_size=12))
def test_it_ends_whatever_the_signs(bars):
    order = unfold(bars)
    assert len(order) <= 5 * len(bars)
    assert set(order) <= set(range(len(bars)))


@given(
    st.lists(
        st.builds(Signs, *REPEATS, st.none() | JUMPS, st.booleans(), st.none() | BARS),
        min_size=12,
        max_size=12,
    )
)
def test_it_ends_whatever_the_jumps(bars):
    assert len(unfold(bars)) <= 5 * 12 * 25


def test_jumps_without_number_are_refused():
    with pytest.raises(ScoreError, match=f"has more than {MAX_BARS} bars"):
        unfold([Signs(jump=DC)] * 1000)
    with pytest.raises(ScoreError, match=f"has more than {MAX_BARS} bars"):
        unfold([Signs(jump=DC), *[Signs(False, 0, (16,))] * 100] * 1000)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1", (1,)),
        ("1, 3", (1, 3)),
        ("1 - 3", (1, 2, 3)),
        ("1.", (1,)),
        ("", ()),
        ("1-999999999", tuple(range(1, 17))),
        ("999999999", ()),
        ("999999999-1", ()),
    ],
)
def test_endings_have_numbers(text, numbers):
    assert parse_ending(text) == numbers
