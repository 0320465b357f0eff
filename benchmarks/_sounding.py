"""Songs whose rolls do not contain onsets, as the public benchmark sets are.

A pitch of a step sounds or not: one plane, and one decision, see `step_likelihood`.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

import _library  # noqa: F401
from mathrock.dataset.sequences import Sequences
from packing import pack


class SoundingSequences(Sequences):
    """Packed songs of which models read the sounding plane alone; nothing to condition on."""

    planes = 1

    def __init__(self, folder: str | Path):
        super().__init__(folder)
        self.attributes = {}  # they are measured from onsets

    def read(self, first: int, steps: int) -> np.ndarray:
        """Read steps [first, first + steps), of one song: bool (steps, 128, 1)."""
        return super().read(first, steps)[:, :, :1]

    def read_at(self, places: np.ndarray) -> np.ndarray:
        """Read the steps at `places`, int (n,), of one song: bool (n, 128, 1)."""
        return super().read_at(places)[:, :, :1]


def pack_sounding(
    rolls: Mapping[str, np.ndarray], folder: Path, steps_per_second: float, **knobs
) -> SoundingSequences:
    """Pack rolls {song: bool (steps, 128)}; the onset plane on disk is empty.

    An empty plane changes no match of a song with its past, see `match_model`.
    """
    _pack(rolls, np.zeros_like, folder, steps_per_second, knobs)
    return SoundingSequences(folder)


def pack_with_onsets(
    rolls: Mapping[str, np.ndarray], folder: Path, steps_per_second: float, **knobs
) -> Sequences:
    """Pack rolls {song: bool (steps, 128)}, with each pitch's first sounding step as an onset."""
    _pack(rolls, _first_steps, folder, steps_per_second, knobs)
    return Sequences(folder)


def _first_steps(sounding: np.ndarray) -> np.ndarray:
    return sounding & ~np.concatenate([np.zeros_like(sounding[:1]), sounding[:-1]])


def _pack(rolls, onsets, folder: Path, steps_per_second: float, knobs: dict) -> None:
    paths = {}
    for song, sounding in rolls.items():
        paths[song] = folder / f"{song}.npy", "none"
        np.save(paths[song][0], np.stack([sounding, onsets(sounding)], axis=-1))
    pack(paths, folder, steps_per_second, **knobs)
