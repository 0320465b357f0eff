"""The order of bars: repeats, endings, jumps, and signs that make no sense."""

import pytest
from guitarpro import MeasureHeader

from mathrock.formats.errors import ScoreError
from mathrock.formats.guitar_pro.play_order import play_order

FIRST, SECOND, THIRD = 1, 2, 4  # endings


def order(count, opens=(), closes=None, endings=None, **directions):
    """Bars are counted from 1."""
    headers = [MeasureHeader(number=n) for n in range(1, count + 1)]
    for bar in opens:
        headers[bar - 1].isRepeatOpen = True
    for bar, times in (closes or {}).items():
        headers[bar - 1].repeatClose = times
    for bar, ending in (endings or {}).items():
        headers[bar - 1].repeatAlternative = ending
    signs = {name.replace("_", " "): bar - 1 for name, bar in directions.items()}
    return [bar + 1 for bar in play_order(headers, signs)]


def test_repeats_and_their_number():
    assert order(4, opens=[2], closes={3: 2}) == [1, 2, 3, 2, 3, 2, 3, 4]


def test_a_repeat_without_a_begin_goes_back_to_the_end_of_the_one_before():
    assert order(3, closes={1: 1, 2: 1}) == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("endings", "closes", "played"),
    [
        ({2: FIRST, 3: SECOND}, {2: 1}, [1, 2, 1, 3, 4]),
        ({2: FIRST, 3: SECOND}, {2: 1, 3: 1}, [1, 2, 1, 3, 4]),
        ({2: FIRST | SECOND, 3: THIRD}, {2: 1, 3: 1}, [1, 2, 1, 2, 1, 3, 4]),
        ({2: FIRST, 4: SECOND}, {3: 1}, [1, 2, 3, 1, 4]),  # the first ending has two bars
    ],
)
def test_endings(endings, closes, played):
    assert order(4, opens=[1], closes=closes, endings=endings) == played


def test_repeats_after_endings():
    endings = {2: FIRST, 3: SECOND, 5: FIRST, 6: SECOND}
    played = [1, 2, 1, 3, 4, 5, 4, 6]
    assert order(6, [1, 4], {2: 1, 5: 1}, endings) == played
    assert order(6, [1], {2: 1, 3: 1, 5: 1}, endings) == played


def test_endings_without_a_repeat_count_for_nothing():
    assert order(5, opens=[4], closes={5: 1}, endings={2: 255}) == [1, 2, 3, 4, 5, 4, 5]


def test_endings_that_make_no_sense_lose_no_bar():
    assert order(3, closes={1: 1, 2: 1}, endings={2: SECOND}) == [1, 1, 2, 3]
    assert set(order(3, opens=[1], closes={3: 1}, endings={1: SECOND, 2: FIRST})) == {1, 2, 3}


@pytest.mark.parametrize(
    ("signs", "played"),
    [
        ({"Da_Capo": 3}, [1, 2, 3, 1, 2, 3, 4, 5]),
        ({"Da_Capo_al_Fine": 4, "Fine": 2}, [1, 2, 3, 4, 1, 2]),
        ({"Da_Capo_al_Fine": 4}, [1, 2, 3, 4, 1, 2, 3, 4, 5]),  # there is no Fine
        ({"Da_Segno": 4, "Segno": 2}, [1, 2, 3, 4, 2, 3, 4, 5]),
        ({"Da_Segno_al_Fine": 4, "Segno": 2, "Fine": 3}, [1, 2, 3, 4, 2, 3]),
        (
            {"Da_Segno_al_Coda": 4, "Segno": 2, "Da_Coda": 2, "Coda": 5},
            [1, 2, 3, 4, 2, 5],
        ),
        (
            {"Da_Segno_Segno_al_Double_Coda": 4, "Segno_Segno": 3}
            | {"Da_Double_Coda": 3, "Double_Coda": 5},
            [1, 2, 3, 4, 3, 5],
        ),
        ({"Da_Capo_al_Coda": 3, "Da_Coda": 1}, [1, 2, 3, 1, 2, 3, 4, 5]),  # there is no Coda
        ({"Da_Segno": 4}, [1, 2, 3, 4, 5]),  # there is no Segno
        ({"Da_Coda": 2, "Coda": 4, "Segno": 1, "Fine": 5}, [1, 2, 3, 4, 5]),
    ],
)
def test_jumps(signs, played):
    assert order(5, **signs) == played


def test_two_jumps():
    signs = {"Da_Capo_al_Coda": 2, "Da_Coda": 1, "Coda": 3}
    signs |= {"Da_Segno_al_Double_Coda": 4, "Segno": 3, "Da_Double_Coda": 3, "Double_Coda": 5}
    assert order(5, **signs) == [1, 2, 1, 3, 4, 3, 5]


def test_after_a_jump_there_are_no_repeats_and_the_last_ending_is_played():
    endings = {2: FIRST, 3: SECOND}
    assert order(4, [1], {2: 1}, endings, Da_Capo=4) == [1, 2, 1, 3, 4, 1, 3, 4]


def test_a_jump_in_a_repeat_waits_for_its_end():
    assert order(3, [1], {2: 1}, Da_Capo_al_Fine=2, Fine=1) == [1, 2, 1, 2, 1]


def test_a_coda_before_its_jump_ends_all_the_same():
    signs = {"Coda": 1, "Da_Coda": 2, "Da_Capo_al_Coda": 3}
    assert order(4, **signs) == [1, 2, 3, 1, 2, 1, 2, 3, 4]


@pytest.mark.parametrize("endings", [{}, dict.fromkeys(range(1, 4001), 255)])
def test_endless_repeats_are_refused_soon(endings):
    with pytest.raises(ScoreError, match=r"^has more than 20000 bars$"):
        order(4000, closes=dict.fromkeys(range(1, 4001), 120), endings=endings)
    with pytest.raises(ScoreError, match=r"^has more than 20000 bars$"):
        order(4000, opens=[1], closes={4000: 120}, endings=endings)
