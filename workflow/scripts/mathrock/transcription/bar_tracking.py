"""Pulses -> bars: how the eighths of a song are counted, in any metre and in changing ones.

The most likely chain of bars, where a bar is a metre with its accents: a bar line is likely where a
downbeat is heard, an accent where a beat is; a metre likes to go on, and riffs come back after a
bar. It is the second half of a bar-pointer model (Whiteley, Cemgil and Godsill, "Bayesian Modelling
of Temporal Structure in Musical Audio", ISMIR 2006), whose first half is `pulses`.
"""

from typing import NamedTuple

import numpy as np

# Accent groups in eighths by metre, and what a bar of it costs in nats: how rarely it is written.
METRES = {
    "4/4": (["2222"], 0.0),
    "3/4": (["222"], 0.0),
    "6/8": (["33"], 0.0),
    "7/8": (["223", "322", "232"], 0.6),
    "5/4": (["22222", "3322", "3232"], 0.6),
    "7/4": (["2222222"], 0.6),
    "5/8": (["32", "23"], 1.0),
    "9/8": (["333", "2223", "3222"], 1.0),
    "11/8": (["3332", "22223", "3323", "22232"], 1.0),
    "12/8": (["3333"], 2.0),
    "13/8": (["222223", "33322", "32323"], 2.0),
    "15/8": (["2222223", "33333"], 3.0),
    "6/4": (["222222"], 3.0),
    "2/4": (["22"], 4.0),
}
CHANGE, REGROUP = 6.0, 1.0  # nats that another metre costs, and other accents in the same
DOWNBEAT_TRUST = 1.5  # what a downbeat's log-odds count for, where a beat's count for 1
RIFF_TRUST = 1.0  # nats an eighth that is as it was a bar ago
LIFT = 2.0  # log-odds: a downbeat is rare, which its chance as it is heard takes into account
CERTAIN = 5.0  # log-odds; beyond, one pulse would outweigh all others
LONGEST_PICKUP = 16  # eighths before the first bar line


class _Kind(NamedTuple):
    metre: str
    eighths: int
    accents: np.ndarray  # eighths from the bar line
    cost: float


def _kinds() -> list[_Kind]:
    kinds = []
    for metre, (groupings, cost) in METRES.items():
        for grouping in groupings:
            sizes = [int(size) for size in grouping]
            kinds.append(_Kind(metre, sum(sizes), np.cumsum([0, *sizes[:-1]]), cost))
    return kinds


KINDS = _kinds()
LAGS = range(2, 2 * max(kind.eighths for kind in KINDS) + 1)


class Bar(NamedTuple):
    """A bar: the number of its first pulse, how many pulses it has, and its metre, such as 7/8."""

    first: int
    eighths: int
    metre: str


def find_bars(beats: np.ndarray, downbeats: np.ndarray, looks: np.ndarray) -> list[Bar]:
    """The bars of a song, one after another; what is left at either end is no whole bar.

    Args:
        beats, downbeats: log-odds that a pulse is a beat, that it is a bar's first, (pulses,).
        looks: what each eighth sounds like, unit vectors (pulses, n).
    """
    count, kinds = len(beats), np.arange(len(KINDS))
    worth, rest = _bar_scores(beats, downbeats, _recurrence(looks))
    change = _changes_of_metre()
    # What the best chain of bars that ends at a pulse with a bar of a kind is worth; and of which
    # kind the bar before is where a bar of a kind begins at a pulse (-1: it is the first).
    ended = np.full((len(KINDS), count + 1), -np.inf)
    came_from = np.full((len(KINDS), count + 1), -1)
    for pulse in range(count):
        chains = ended[:, pulse] + change
        came_from[:, pulse] = chains.argmax(axis=1)
        begun = chains[kinds, came_from[:, pulse]]
        if pulse < LONGEST_PICKUP:
            fresh = np.full(len(KINDS), rest[pulse])
            came_from[fresh > begun, pulse] = -1
            begun = np.maximum(begun, fresh)
        for number, kind in enumerate(KINDS):
            if pulse + kind.eighths <= count:
                ended[number, pulse + kind.eighths] = begun[number] + worth[number, pulse]
    longest = max(kind.eighths for kind in KINDS)
    first = max(0, count - longest + 1)
    whole = ended[:, first:] + (rest[-1] - rest[first:])
    if not np.isfinite(whole.max(initial=-np.inf)):
        return []
    number, end = np.unravel_index(whole.argmax(), whole.shape)
    return _filled(_chain(came_from, int(number), int(end) + first))


def _bar_scores(beats, downbeats, recurrence) -> tuple[np.ndarray, np.ndarray]:
    """What a bar of each kind from each pulse on is worth, (kinds, pulses), and what all pulses
    before a pulse are worth that belong to no bar, (pulses + 1,)."""
    count = len(beats)
    beats = np.clip(beats, -CERTAIN, CERTAIN)
    downbeats = DOWNBEAT_TRUST * np.clip(downbeats + LIFT, -CERTAIN, CERTAIN)
    plain = -np.logaddexp(0, beats) - np.logaddexp(0, downbeats)
    rest = np.concatenate([[0.0], np.cumsum(plain)])
    worth = np.full((len(KINDS), count), -np.inf)
    for number, kind in enumerate(KINDS):
        starts = np.arange(max(0, count - kind.eighths + 1))
        riff = np.concatenate([[0.0], np.cumsum(recurrence[kind.eighths])])
        score = rest[starts + kind.eighths] - rest[starts] + downbeats[starts] - kind.cost
        score += RIFF_TRUST * (riff[starts + kind.eighths] - riff[starts])
        worth[number, starts] = score + beats[starts[:, None] + kind.accents].sum(axis=1)
    return worth, rest


def _recurrence(looks: np.ndarray) -> dict[int, np.ndarray]:
    """How much more each eighth is like the one so many eighths ago than it is like others then:
    {eighths: (pulses,)}, where two bars back counts as well."""
    alike = {}
    for lag in LAGS:
        alike[lag] = np.zeros(len(looks))
        alike[lag][lag:] = (looks[lag:] * looks[:-lag]).sum(axis=1)
    usual = np.mean(list(alike.values()), axis=0)
    return {
        kind.eighths: 0.6 * alike[kind.eighths] + 0.4 * alike[2 * kind.eighths] - usual
        for kind in KINDS
    }


def _changes_of_metre() -> np.ndarray:
    """Log-likelihood of a bar of one kind after one of another, (to, from)."""
    change = np.zeros((len(KINDS), len(KINDS)))
    for to, kind in enumerate(KINDS):
        for before, last in enumerate(KINDS):
            if kind.metre != last.metre:
                change[to, before] = -CHANGE
            elif to != before:
                change[to, before] = -REGROUP
    return change


def _chain(came_from: np.ndarray, number: int, end: int) -> list[Bar]:
    bars = []
    while number >= 0:
        kind = KINDS[number]
        end -= kind.eighths
        bars.append(Bar(end, kind.eighths, kind.metre))
        number = int(came_from[number, end])
    return bars[::-1]


def _filled(bars: list[Bar]) -> list[Bar]:
    """The bars with as many like the first before it as there are pulses for."""
    first = bars[0]
    before = range(first.first % first.eighths, first.first, first.eighths)
    return [first._replace(first=pulse) for pulse in before] + bars
