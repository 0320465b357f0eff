"""Store and pick variations: continuations of one snippet, drawn together, each its own track.

A take's files hold one roll and its statistics. Where a take has several variations, the roll has
one more axis in front, and the values of each are a list.
"""

from collections.abc import Sequence
from typing import NamedTuple

OF_EACH = ("take_is_like", "nats_per_step")  # what a take's `made` says of each variation


class Track(NamedTuple):
    """The origin of a finished track: a take, or one of its variations, counted from 1."""

    take: str
    variation: int | None


def tracks_of(take: str, variations: int) -> dict[str, Track]:
    """Name a take's tracks: its own name where it is alone, else {take}-1, {take}-2, ..."""
    if variations == 1:
        return {take: Track(take, None)}
    return {f"{take}-{number}": Track(take, number) for number in range(1, variations + 1)}


def join(variations: Sequence):
    """Stack the variations' values; a single variation is stored without the list."""
    return variations if len(variations) > 1 else variations[0]


def pick(joined, variation: int | None):
    """Pick one variation's value of what `join` stacked."""
    return joined if variation is None else joined[variation - 1]


def made_of(made: dict, variation: int | None) -> dict:
    """Return a take's `made` as that of one of its tracks."""
    if variation is None:
        return made
    return made | {name: pick(made[name], variation) for name in OF_EACH}
