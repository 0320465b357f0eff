"""Pack a song's roll for the dataset: bits, matches, velocities and drum hits.

Songs are packed one by one, so that packing the dataset only writes one song after another.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.arrays import read_array, read_arrays
from mathrock.files.atomic import replacing
from mathrock.pianoroll.match_model import find_matches
from mathrock.pianoroll.onsets import onsets_of
from mathrock.pianoroll.performance import drum_hits, onset_velocities, steps_with_notes
from mathrock.pianoroll.planes import DRUM, PITCHES, PLANES, ROLL_PLANES


class PackedSong(NamedTuple):
    """A packed song, to the end of its last note: drums alone would teach a model silence.

    Attributes:
        bits: the planes that models use, packed to bytes, uint8 (steps, 32).
        echoes: the matches of each step, `MATCH` (steps,), see `pianoroll/match_model`.
        velocities: of the onsets, uint8 (onsets,), see `pianoroll/performance`.
        hits: of the drums, `HIT` (hits,), see `pianoroll/performance`.
    """

    bits: np.ndarray
    echoes: np.ndarray
    velocities: np.ndarray
    hits: np.ndarray


def pack_song(roll: np.ndarray) -> PackedSong:
    """Pack a roll, (steps, 128, 4) as of `pianoroll/encoding`, or (steps, 128, 2), `PLANES` alone.

    Raises:
        ValueError: the roll has another shape.
    """
    if roll.shape[1:] not in {(PITCHES, len(PLANES)), (PITCHES, len(ROLL_PLANES))}:
        raise ValueError(f"a roll is (steps, {PITCHES}, {len(PLANES)}), not {roll.shape}")
    if roll.shape[2] > DRUM:
        roll = roll[: steps_with_notes(roll)]
    seen = roll[:, :, : len(PLANES)] > 0
    bits = np.packbits(seen.reshape(len(roll), PITCHES * len(PLANES)), axis=1)
    velocities = onset_velocities(roll, onsets_of(seen))
    return PackedSong(bits, find_matches(seen), velocities, drum_hits(roll, 0))


def save(path: str | Path, song: PackedSong) -> None:
    """Write a packed song as .npz, whole or not at all."""
    with replacing(path) as temporary:
        np.savez(temporary, **song._asdict())


def load(path: str | Path) -> PackedSong:
    """Read a packed song that `save` wrote, or pack the roll in an .npy.

    Raises:
        ValueError: the song has other planes.
    """
    path = Path(path)
    if path.suffix == ".npy":
        roll = read_array(path)
        try:
            return pack_song(roll)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    song = PackedSong(**read_arrays(path))
    if song.bits.shape[1] * 8 != PITCHES * len(PLANES):
        raise ValueError(f"{path}: it is not packed with {len(PLANES)} planes")
    return song
