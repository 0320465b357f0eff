"""A song's roll as the packed sequences hold it, and what costs time to find in it.

It is made once a song, so that packing many songs is no more than writing one after another.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.atomic import replacing
from mathrock.pianoroll.match_model import find_echoes
from mathrock.pianoroll.onsets import struck
from mathrock.pianoroll.performance import hits_of, steps_with_notes, velocities_of
from mathrock.pianoroll.planes import DRUM, PITCHES, PLANES, ROLL_PLANES


class PackedSong(NamedTuple):
    """A song to the end of its last note: drums alone would teach a model silence.

    Attributes:
        bits: what models see, each step's bits as bytes, uint8 (steps, 32).
        echoes: what each step echoes, see `echoes`: `FOUND` (steps,).
        velocities: of the onsets, uint8 (onsets,), see `playing`.
        hits: of the drums, `HIT` (hits,).
    """

    bits: np.ndarray
    echoes: np.ndarray
    velocities: np.ndarray
    hits: np.ndarray


def pack_song(roll: np.ndarray) -> PackedSong:
    """Pack a roll, (steps, 128, 4), see `encoding`, or (steps, 128, 2), with `PLANES` alone.

    Raises:
        ValueError: it has another shape.
    """
    if roll.shape[1:] not in {(PITCHES, len(PLANES)), (PITCHES, len(ROLL_PLANES))}:
        raise ValueError(f"a roll is (steps, {PITCHES}, {len(PLANES)}), not {roll.shape}")
    if roll.shape[2] > DRUM:
        roll = roll[: steps_with_notes(roll)]
    seen = roll[:, :, : len(PLANES)] > 0
    bits = np.packbits(seen.reshape(len(roll), PITCHES * len(PLANES)), axis=1)
    velocities = velocities_of(roll, struck(seen))
    return PackedSong(bits, find_echoes(seen), velocities, hits_of(roll, 0))


def save(path: str | Path, song: PackedSong) -> None:
    """Write a packed song as .npz, whole or not at all."""
    with replacing(path) as temporary:
        np.savez(temporary, **song._asdict())


def load(path: str | Path) -> PackedSong:
    """Read what `save` wrote, or pack a roll's .npy.

    Raises:
        ValueError: it has other planes.
    """
    path = Path(path)
    try:
        if path.suffix == ".npy":
            return pack_song(np.load(path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    with np.load(path) as arrays:
        song = PackedSong(**arrays)
    if song.bits.shape[1] * 8 != PITCHES * len(PLANES):
        raise ValueError(f"{path}: it is not packed with {len(PLANES)} planes")
    return song
