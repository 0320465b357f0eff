"""What a take makes of its song's key: a scale that it keeps to, a tonic that it is moved to."""

from typing import NamedTuple

import numpy as np

from mathrock.generation.errors import TakeError
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.pianoroll.planes import PITCHES
from mathrock.songs.key_table import UNKNOWN, SongKey

OCTAVE = 12
OF_PITCHES = 3  # planes at most; what comes after them is drums, whose numbers are no pitches


class Wish(NamedTuple):
    """Pitch classes that may be struck before the take is moved, none for all; semitones that take
    the song's tonic to the one wanted, or an octave off."""

    pitch_classes: tuple[int, ...]
    semitones: int


def wish_of(name: str, knobs: dict, song: str, found: SongKey) -> Wish:
    """What the take `name` with these knobs asks for, as its song is in the key that was found.

    Knobs tell of the take as it is heard: its pitch classes are those after the move.

    Raises:
        TakeError: the song's key or scale is needed and unknown, or leaves no note to strike.
    """
    if knobs["tonic"] is not None and found.tonic is None:
        raise TakeError(
            f"takes.{name}.tonic: no key was found for {song}, so that it cannot be moved to"
            f" {knobs['tonic']}: choose another song or seed, or set tonic: null"
        )
    if knobs["in_key"] and found.scale == UNKNOWN:
        raise TakeError(
            f"takes.{name}.in_key: no scale was found for {song} (results/keys.tsv has those of"
            " others): choose another song or seed, or set in_key: false"
        )
    semitones = 0
    if knobs["tonic"] is not None:
        up = (PITCH_CLASSES[knobs["tonic"]] - found.tonic) % OCTAVE
        semitones = up - OCTAVE if up > OCTAVE // 2 else up
    classes = {(pitch_class - semitones) % OCTAVE for pitch_class in knobs["pitch_classes"]}
    if knobs["in_key"]:
        classes = {*found.pitch_classes} & (classes or {*range(OCTAVE)})
    reach = range(knobs["lowest_pitch"], knobs["highest_pitch"] + 1)
    is_limited = knobs["in_key"] or knobs["pitch_classes"]
    if is_limited and not classes & {pitch % OCTAVE for pitch in reach}:
        why = f"{song} is in {found.scale}, and " if knobs["in_key"] else ""
        remedy = "allow more, or set in_key: false" if knobs["in_key"] else "allow more"
        raise TakeError(
            f"takes.{name}: no note may be struck: {why}pitch_classes, tonic, lowest_pitch and"
            f" highest_pitch leave none: {remedy}"
        )
    return Wish(tuple(sorted(classes)), semitones)


def octave_for(pitches: np.ndarray, semitones: int, lowest: int, highest: int) -> int:
    """`semitones`, or an octave more or less where that keeps more of the song's notes in range.

    Args:
        pitches: how many notes of each pitch the song has, (128,).
        lowest, highest: the range, both included.
    """
    if semitones == 0:
        return 0
    moves = (semitones - OCTAVE, semitones, semitones + OCTAVE)
    at = np.arange(PITCHES)

    def kept(move: int) -> int:
        return int(pitches[(lowest <= at + move) & (at + move <= highest)].sum())

    return max(moves, key=lambda move: (kept(move), -abs(move)))


def move(rolls: np.ndarray, semitones: int, lowest: int, highest: int) -> np.ndarray:
    """Rolls (..., 128, planes) so many semitones higher; drums stay.

    No note is lost: what would leave the range, or if it was not in there, the piano roll, goes
    octaves back. Should another sound there already, the two are one.
    """
    moved = rolls.copy()
    moved[..., :OF_PITCHES] = 0
    for pitch in range(PITCHES):
        was_in = lowest <= pitch <= highest and highest - lowest >= OCTAVE - 1
        first, last = (lowest, highest) if was_in else (0, PITCHES - 1)
        target = pitch + semitones
        while not first <= target <= last:
            target += OCTAVE if target < first else -OCTAVE
        there = moved[..., target, :OF_PITCHES]
        np.maximum(there, rolls[..., pitch, :OF_PITCHES], out=there)
    return moved
