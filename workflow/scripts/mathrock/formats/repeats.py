"""Unfold repeats, endings and jumps: find the order in which bars are played."""

import re
from typing import NamedTuple

from mathrock.files.limits import MAX_BARS, MAX_PASSES
from mathrock.formats.errors import ScoreError


class Jump(NamedTuple):
    """A jump such as D.C. al Fine.

    Attributes:
        to: the index of the bar with which the music goes on.
        until: where this ends, "fine" or "coda"; "" for whichever sign comes first.
        passes: after which pass to jump; empty for the last.
    """

    to: int
    until: str = ""
    passes: tuple[int, ...] = ()


class RepeatSigns(NamedTuple):
    """The repeat signs of a bar.

    Attributes:
        opens: whether |: is before it.
        closes: the number of repeats that :| after it asks for, mostly 1; 0 without a sign.
        ending: the numbers of the ending that the bar belongs to; empty outside of endings.
        jump: the jump at its end.
        is_fine: whether the music ends with it after a jump.
        coda: the index of the bar with which the music goes on after it, after a jump.
    """

    opens: bool = False
    closes: int = 0
    ending: tuple[int, ...] = ()
    jump: Jump | None = None
    is_fine: bool = False
    coda: int | None = None


def parse_ending(text: str) -> tuple[int, ...]:
    """Parse the numbers of an ending, written as 1, 1,3 or 1-3."""
    numbers = set()
    for first, last in re.findall(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?", text[:200]):
        numbers.update(range(int(first), min(int(last or first), MAX_PASSES) + 1))
    return tuple(sorted(number for number in numbers if 0 < number <= MAX_PASSES))


def unfold(bars: list[RepeatSigns]) -> list[int]:
    """Unfold repeats: return the indices of the bars in the order in which they are played.

    A :| goes back to the last |:, or to the end of the last repeat or jump. A repeated section is
    played twice, unless its signs ask for more passes. A jump is taken once; from there to a coda
    each section is played once, as in its last pass. After Fine come the bars after the jump.

    Raises:
        ScoreError: more than `MAX_BARS` bars are played.
    """
    starts, passes = _sections(bars)
    order, taken, visits = [], set(), 0
    at, left, section, jump = 0, 0, None, None
    while at < len(bars):
        visits += 1
        if len(order) >= MAX_BARS or visits > 4 * MAX_BARS:
            raise ScoreError(f"has more than {MAX_BARS} bars")
        bar = bars[at]
        if section != starts[at]:
            section = starts[at]
            pass_number = passes[section] if jump else 1
        if bar.ending and pass_number not in bar.ending:
            at += 1
            continue
        order.append(at)
        if jump and bar.is_fine and jump.until != "coda":
            at, section, jump = max(at, left) + 1, None, None  # where another piece begins
        elif jump and bar.coda is not None and jump.until != "fine":
            at, section, jump = bar.coda, None, None
        elif pass_number < passes[section] and _closes(bars, at, pass_number):
            at, pass_number = section, pass_number + 1
        elif bar.jump and at not in taken and _is_taken(bar, pass_number, passes[section]):
            taken.add(at)
            left, at, section, jump = at, bar.jump.to, None, bar.jump
        else:
            at += 1
    return order


def _sections(bars: list[RepeatSigns]) -> tuple[list[int], dict[int, int]]:
    """Find the index where each bar's section begins, and how often each section is played."""
    starts, passes, start, last = [], {}, 0, RepeatSigns()
    for at, bar in enumerate(bars):
        if last.ending or last.jump:
            is_over = not bar.ending
        else:
            is_over = last.closes and (not bar.ending or 1 in bar.ending)
        start = at if bar.opens or is_over else start
        starts.append(start)
        passes[start] = max(passes.get(start, 1), bar.closes + 1, *bar.ending)
        last = bar
    return starts, passes


def _closes(bars: list[RepeatSigns], at: int, pass_number: int) -> bool:
    """Check whether a bar ends a pass: by :|, or as the end of an ending before that of others."""
    bar, after = bars[at], bars[at + 1] if at + 1 < len(bars) else RepeatSigns()
    is_last = bar.ending and after.ending and pass_number not in after.ending and not after.opens
    return bool(bar.closes or (is_last and not bar.jump))


def _is_taken(bar: RepeatSigns, pass_number: int, passes: int) -> bool:
    if bar.jump.passes:
        return pass_number in bar.jump.passes
    return pass_number >= min(passes, max(bar.ending, default=passes))
