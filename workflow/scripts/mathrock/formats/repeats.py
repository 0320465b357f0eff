"""Repeats and endings -> the order in which bars are played."""

import re
from typing import NamedTuple

MOST_TURNS = 16


class Signs(NamedTuple):
    """What stands around a bar.

    opens: |: before it. closes: how often :| after it sends back, mostly 1. ending: the numbers of
    the ending that the bar belongs to, none outside of endings.
    """

    opens: bool = False
    closes: int = 0
    ending: tuple[int, ...] = ()


def ending_numbers(text: str) -> tuple[int, ...]:
    """The numbers of an ending, written as 1, 1,3 or 1-3."""
    numbers = []
    for piece in re.findall(r"\d{1,2}(?:-\d{1,2})?", text):
        first, _, last = piece.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return tuple(number for number in numbers if 0 < number <= MOST_TURNS)


def play_order(bars: list[Signs]) -> list[int]:
    """The bars' indices as they are played: what is repeated twice, unless signs say otherwise.

    A :| goes back to the last |:, or to where the last repeat was over. It ends whatever the signs.
    """
    order = []
    start, turn, at = 0, 1, 0
    while at < len(bars):
        bar = bars[at]
        begins = at > start and bar.opens
        is_over = at > start and turn > 1 and bars[at - 1].ending and not bar.ending
        if begins or is_over:
            start, turn = at, 1
        if bar.ending and turn not in bar.ending:
            at += 1
            continue
        order.append(at)
        if bar.closes:
            if turn < _turns(bars, start, bar.closes):
                turn += 1
                at = start
                continue
            if not bar.ending:
                start, turn = at + 1, 1
        at += 1
    return order


def _turns(bars: list[Signs], start: int, closes: int) -> int:
    """How often what begins at `start` is played."""
    turns = closes + 1
    for at in range(start, len(bars)):
        if at > start and bars[at].opens:
            break
        turns = max(turns, *bars[at].ending, 1)
    return turns
