"""Unfold repeats and endings: find the order in which bars are played."""

import re
from typing import NamedTuple

MAX_PASSES = 16


class RepeatSigns(NamedTuple):
    """The repeat signs of a bar.

    Attributes:
        opens: whether |: is before it.
        closes: the number of repeats that :| after it asks for, mostly 1; 0 without a sign.
        ending: the numbers of the ending that the bar belongs to; empty outside of endings.
    """

    opens: bool = False
    closes: int = 0
    ending: tuple[int, ...] = ()


def parse_ending(text: str) -> tuple[int, ...]:
    """Parse the numbers of an ending, written as 1, 1,3 or 1-3."""
    numbers = []
    for piece in re.findall(r"\d{1,2}(?:-\d{1,2})?", text):
        first, _, last = piece.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return tuple(number for number in numbers if 0 < number <= MAX_PASSES)


def unfold(bars: list[RepeatSigns]) -> list[int]:
    """Unfold repeats: return the indices of the bars in the order in which they are played.

    A :| goes back to the last |:, or to the end of the last repeat. A repeated section is played
    twice, unless its signs ask for more passes. The order is finite for any combination of signs.
    """
    order = []
    start, pass_number, at = 0, 1, 0
    while at < len(bars):
        bar = bars[at]
        begins = at > start and bar.opens
        is_over = at > start and pass_number > 1 and bars[at - 1].ending and not bar.ending
        if begins or is_over:
            start, pass_number = at, 1
        if bar.ending and pass_number not in bar.ending:
            at += 1
            continue
        order.append(at)
        if bar.closes:
            if pass_number < _passes(bars, start, bar.closes):
                pass_number += 1
                at = start
                continue
            if not bar.ending:
                start, pass_number = at + 1, 1
        at += 1
    return order


def _passes(bars: list[RepeatSigns], start: int, closes: int) -> int:
    """Count how often the section that begins at `start` is played."""
    passes = closes + 1
    for at in range(start, len(bars)):
        if at > start and bars[at].opens:
            break
        passes = max(passes, *bars[at].ending, 1)
    return passes
