"""Constrain a take to a scale, and transpose it to a tonic, by the key of its song."""

from typing import NamedTuple

import numpy as np

from mathrock.generation.errors import TakeError
from mathrock.generation.take_settings import TakeSettings
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.pianoroll.planes import PITCHES
from mathrock.songs.key_table import UNKNOWN, SongKey

OCTAVE = 12
OF_PITCHES = 3  # planes at most; what comes after them is drums, whose numbers are no pitches


class KeyConstraint(NamedTuple):
    """The notes that a take may strike, and its transposition when it is finished.

    pitch_classes: that may be struck before the transposition, 0-11 from C; none: all.
    semitones: from the song's tonic to the one asked for, -5 to 6; `choose_octave` may add or take
        an octave.
    """

    pitch_classes: tuple[int, ...]
    semitones: int


def find_key_constraint(
    name: str, settings: TakeSettings, song: str, found: SongKey
) -> KeyConstraint:
    """Work out which pitch classes the take `name` may strike and how far it is transposed.

    The settings are about the take as it is heard: their pitch classes are those after the
    transposition.

    Args:
        found: the key of the take's song.

    Raises:
        TakeError: the song's key or scale is needed and unknown, or leaves no note to strike.
    """
    if settings.tonic is not None and found.tonic is None:
        raise TakeError(
            f"takes.{name}.tonic: no key was found for {song}, so that it cannot be moved to"
            f" {settings.tonic}: choose another song or seed, or set tonic: null"
        )
    if settings.in_key and found.scale == UNKNOWN:
        raise TakeError(
            f"takes.{name}.in_key: no scale was found for {song} (results/keys.tsv has those of"
            " others): choose another song or seed, or set in_key: false"
        )
    semitones = 0
    if settings.tonic is not None:
        up = (PITCH_CLASSES[settings.tonic] - found.tonic) % OCTAVE
        semitones = up - OCTAVE if up > OCTAVE // 2 else up
    classes = {(pitch_class - semitones) % OCTAVE for pitch_class in settings.pitch_classes}
    if settings.in_key:
        classes = {*found.pitch_classes} & (classes or {*range(OCTAVE)})
    reach = range(settings.lowest_pitch, settings.highest_pitch + 1)
    is_limited = settings.in_key or settings.pitch_classes
    if is_limited and not classes & {pitch % OCTAVE for pitch in reach}:
        why = f"{song} is in {found.scale}, and " if settings.in_key else ""
        remedy = "allow more, or set in_key: false" if settings.in_key else "allow more"
        raise TakeError(
            f"takes.{name}: no note may be struck: {why}pitch_classes, tonic, lowest_pitch and"
            f" highest_pitch leave none: {remedy}"
        )
    return KeyConstraint(tuple(sorted(classes)), semitones)


def choose_octave(pitches: np.ndarray, semitones: int, lowest: int, highest: int) -> int:
    """Add an octave to `semitones`, or take one, where that keeps more notes of a song in range.

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


def transpose(rolls: np.ndarray, semitones: int, lowest: int, highest: int) -> np.ndarray:
    """Transpose rolls (..., 128, planes) by so many semitones; drums stay.

    No note is lost: a note that would leave the range goes octaves back; a note that was outside
    the range stays within the piano roll's 128 pitches in the same way. Two notes that meet at one
    pitch become one.
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
