"""Variations: continuations of one snippet, drawn together by one take, each a track of its own.

A take's files hold one roll and what it is like. Where a take has several variations, the roll has
one more axis in front, and what is said of each is a list.
"""

from collections.abc import Sequence
from typing import NamedTuple

OF_EACH = ("take_is_like", "nats_per_step")  # what a take's `made` says of each variation


class Track(NamedTuple):
    """What becomes a finished track: a take, or one of its variations, counted from 1."""

    take: str
    variation: int | None


def tracks_of(take: str, variations: int) -> dict[str, Track]:
    """A take's tracks by name: its own name where it is alone, else {take}-1, {take}-2, ..."""
    if variations == 1:
        return {take: Track(take, None)}
    return {f"{take}-{number}": Track(take, number) for number in range(1, variations + 1)}


def join(variations: Sequence):
    """What there is of each variation, as a take's files hold it."""
    return variations if len(variations) > 1 else variations[0]


def pick(joined, variation: int | None):
    """One variation's part of what `join` gave."""
    return joined if variation is None else joined[variation - 1]


def made_of(made: dict, variation: int | None) -> dict:
    """A take's `made` as that of one of its tracks."""
    if variation is None:
        return made
    return made | {name: pick(made[name], variation) for name in OF_EACH}
