"""Track the bars of a song: group its pulses into bars, in any metre and in changing metres.

The bars are the most likely sequence, by the Viterbi algorithm, of bar types; a type is a metre
with its accents. Downbeat activations make a bar line likely, beat activations an accent; a metre
tends to continue, and riffs repeat after a bar. This is the second half of a bar-pointer model
(Whiteley, Cemgil and Godsill, "Bayesian Modelling of Temporal Structure in Musical Audio", ISMIR
2006); the first half is `transcription/pulse_tracking`.
"""

from typing import NamedTuple

import numpy as np

# By metre: its accent groups in eighths, and the cost of a bar in nats, as rare metres cost more.
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
CHANGE_COST = 6.0  # nats of a change of metre
REGROUP_COST = 1.0  # nats of a change of accents in the same metre
DOWNBEAT_TRUST = 1.5  # weight of a downbeat's log-odds; a beat's weight is 1
RIFF_TRUST = 1.0  # nats of an eighth that equals the one a bar ago
DOWNBEAT_BIAS = 2.0  # log-odds: downbeats are rare, so the network's log-odds of them are low
MAX_LOG_ODDS = 5.0  # beyond, one pulse would outweigh all others
LONGEST_PICKUP = 16  # eighths before the first bar line


class _BarType(NamedTuple):
    """A metre with its accents and the cost of a bar in nats."""

    metre: str
    eighths: int
    accents: np.ndarray  # eighths from the bar line
    cost: float


def _bar_types() -> list[_BarType]:
    types = []
    for metre, (groupings, cost) in METRES.items():
        for grouping in groupings:
            sizes = [int(size) for size in grouping]
            types.append(_BarType(metre, sum(sizes), np.cumsum([0, *sizes[:-1]]), cost))
    return types


BAR_TYPES = _bar_types()
LAGS = range(2, 2 * max(kind.eighths for kind in BAR_TYPES) + 1)


class TrackedBar(NamedTuple):
    """A bar: the index of its first pulse, the number of its pulses, its metre, such as 7/8."""

    first: int
    eighths: int
    metre: str


def track_bars(beats: np.ndarray, downbeats: np.ndarray, features: np.ndarray) -> list[TrackedBar]:
    """Track the bars of a song: consecutive whole bars; some pulses may remain at either end.

    Args:
        beats, downbeats: log-odds that a pulse is a beat, and that it is a downbeat, (pulses,).
        features: of the sound of each pulse's eighth, unit vectors (pulses, n).
    """
    count, types = len(beats), np.arange(len(BAR_TYPES))
    scores, rest = _bar_scores(beats, downbeats, _recurrence(features))
    change = _metre_transitions()
    # By bar type and pulse: the score of the best sequence whose last bar has this type and ends at
    # this pulse; and the type of the bar before a bar that begins there (-1: it is the first bar).
    ended = np.full((len(BAR_TYPES), count + 1), -np.inf)
    came_from = np.full((len(BAR_TYPES), count + 1), -1)
    for pulse in range(count):
        chains = ended[:, pulse] + change
        came_from[:, pulse] = chains.argmax(axis=1)
        begun = chains[types, came_from[:, pulse]]
        if pulse < LONGEST_PICKUP:
            fresh = np.full(len(BAR_TYPES), rest[pulse])
            came_from[fresh > begun, pulse] = -1
            begun = np.maximum(begun, fresh)
        for number, bar_type in enumerate(BAR_TYPES):
            if pulse + bar_type.eighths <= count:
                ended[number, pulse + bar_type.eighths] = begun[number] + scores[number, pulse]
    longest = max(bar_type.eighths for bar_type in BAR_TYPES)
    first = max(0, count - longest + 1)
    whole = ended[:, first:] + (rest[-1] - rest[first:])
    if not np.isfinite(whole.max(initial=-np.inf)):
        return []
    number, end = np.unravel_index(whole.argmax(), whole.shape)
    return _fill_start(_backtrack(came_from, int(number), int(end) + first))


def _bar_scores(beats, downbeats, recurrence) -> tuple[np.ndarray, np.ndarray]:
    """Score a bar of each type from each pulse on, (types, pulses), and pulses outside of bars.

    The latter is the cumulated score, (pulses + 1,), of all pulses before a pulse.
    """
    count = len(beats)
    beats = np.clip(beats, -MAX_LOG_ODDS, MAX_LOG_ODDS)
    downbeats = DOWNBEAT_TRUST * np.clip(downbeats + DOWNBEAT_BIAS, -MAX_LOG_ODDS, MAX_LOG_ODDS)
    plain = -np.logaddexp(0, beats) - np.logaddexp(0, downbeats)
    rest = np.concatenate([[0.0], np.cumsum(plain)])
    scores = np.full((len(BAR_TYPES), count), -np.inf)
    for number, bar_type in enumerate(BAR_TYPES):
        starts = np.arange(max(0, count - bar_type.eighths + 1))
        riff = np.concatenate([[0.0], np.cumsum(recurrence[bar_type.eighths])])
        score = rest[starts + bar_type.eighths] - rest[starts] + downbeats[starts] - bar_type.cost
        score += RIFF_TRUST * (riff[starts + bar_type.eighths] - riff[starts])
        scores[number, starts] = score + beats[starts[:, None] + bar_type.accents].sum(axis=1)
    return scores, rest


def _recurrence(features: np.ndarray) -> dict[int, np.ndarray]:
    """Measure, by lag in eighths, how similar each eighth is to that a bar (or two) ago, (pulses,).

    The similarity is relative to the mean over all lags.
    """
    similarity = {}
    for lag in LAGS:
        similarity[lag] = np.zeros(len(features))
        similarity[lag][lag:] = (features[lag:] * features[:-lag]).sum(axis=1)
    mean = np.mean(list(similarity.values()), axis=0)
    return {
        bar_type.eighths: 0.6 * similarity[bar_type.eighths]
        + 0.4 * similarity[2 * bar_type.eighths]
        - mean
        for bar_type in BAR_TYPES
    }


def _metre_transitions() -> np.ndarray:
    """Make the log-likelihood of a bar type after another, (to, from)."""
    change = np.zeros((len(BAR_TYPES), len(BAR_TYPES)))
    for to, bar_type in enumerate(BAR_TYPES):
        for before, last in enumerate(BAR_TYPES):
            if bar_type.metre != last.metre:
                change[to, before] = -CHANGE_COST
            elif to != before:
                change[to, before] = -REGROUP_COST
    return change


def _backtrack(came_from: np.ndarray, number: int, end: int) -> list[TrackedBar]:
    bars = []
    while number >= 0:
        bar_type = BAR_TYPES[number]
        end -= bar_type.eighths
        bars.append(TrackedBar(end, bar_type.eighths, bar_type.metre))
        number = int(came_from[number, end])
    return bars[::-1]


def _fill_start(bars: list[TrackedBar]) -> list[TrackedBar]:
    """Add bars like the first bar before it, as many as there are pulses for."""
    first = bars[0]
    before = range(first.first % first.eighths, first.first, first.eighths)
    return [first._replace(first=pulse) for pulse in before] + bars
