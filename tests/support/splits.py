"""Names of songs by the split that they fall to."""

from mathrock.dataset.index import split_of
from mathrock.dataset.sequences import SPLITS


def name_for(split, valid=0.15, test=0.1, seed=0, number=0):
    """A song's name that falls to a split."""
    names = (name for i in range(1000) if split_of(name := f"song-{i}", valid, test, seed) == split)
    return [next(names) for _ in range(number + 1)][-1]


TRAIN, VALID, TEST = map(name_for, SPLITS)
