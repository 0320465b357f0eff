"""Measure four attributes of an excerpt of a roll, of which a take can ask for more or less.

    density      notes a second
    pitch        the mean pitch of the notes
    syncopation  the metrical strength of the beats that notes off the beat leave empty, 0-2
    repetition   the share of notes that repeat the last pitch of their voice, 0-1

Syncopation follows Longuet-Higgins and Lee ("The rhythmic interpretation of monophonic music",
Music Perception, 1984): a note syncopates if a rest or a held note at a stronger metrical level
follows it, by the difference of the two levels. Here the metre has three levels: quarter notes,
eighths and sixteenths; a bar line is a quarter note like others, as odd metres have no half. For a
note off the beat, the next position of a stronger level counts: if no note begins there, the note
syncopates by the difference of the levels.

The paper's music has one voice. A roll does not divide its notes into voices, so the voice of a
note is all that lies within an octave of it; bass and lead are mostly further apart.
"""

from collections.abc import Mapping

import numpy as np

from mathrock.pianoroll.metrical_position import IN_BARS
from mathrock.pianoroll.planes import ONSET, PITCHES

ATTRIBUTES = ("density", "pitch", "syncopation", "repetition")
OCTAVE = 12
MAX_SCORE = 3.0  # standard deviations, either way
_BEAT = IN_BARS.index("beat")
_LEVELS = np.array([0, 2, 1, 2])  # of a beat's sixteenths: levels below the quarter note


def attributes_of(roll: np.ndarray, rate: float, positions: np.ndarray | None = None) -> np.ndarray:
    """Measure the attributes of an excerpt, float32 (4,), in the order of `ATTRIBUTES`.

    An undefined attribute is NaN: all but the density in silence; syncopation without bars; all of
    an empty excerpt. `standard_scores` makes them 0.

    Args:
        roll: bool (steps, 128, 2).
        rate: steps a second.
        positions: the steps' metrical positions for `IN_BARS`, all 0 where the bars are not known.
            None, or positions in other cycles: not known.
    """
    onsets = roll[:, :, ONSET].astype(np.bool_)
    if not len(onsets):
        return np.full(len(ATTRIBUTES), np.nan, np.float32)
    by_pitch = onsets.sum(axis=0)
    notes = int(by_pitch.sum())
    near = _onsets_near(onsets)
    values = (
        notes * rate / len(onsets),
        by_pitch @ np.arange(PITCHES) / notes if notes else np.nan,
        _syncopation(onsets, near, positions),
        _repetition(onsets, near),
    )
    return np.array(values, np.float32)


def standard_scores(
    values: np.ndarray, standardisation: Mapping[str, tuple[float, float]]
) -> np.ndarray:
    """Convert attributes to standard scores, limited to `MAX_SCORE`, float32 (names,); NaN to 0.

    Args:
        values: attributes as `attributes_of` returns them.
        standardisation: mean and standard deviation by the attribute's name. Only these attributes
            get a score, in this order. A deviation of 0 makes the score 0.
    """
    values = values[[ATTRIBUTES.index(name) for name in standardisation]]
    means, deviations = np.array([*standardisation.values()], np.float64).reshape(-1, 2).T
    result = (values - means) / np.where(deviations > 0, deviations, np.inf)
    return np.nan_to_num(np.clip(result, -MAX_SCORE, MAX_SCORE)).astype(np.float32)


def _onsets_near(onsets: np.ndarray) -> np.ndarray:
    """Find the steps with an onset within an octave of each pitch, bool (steps, 128)."""
    counts = np.cumsum(np.pad(onsets, ((0, 0), (OCTAVE + 1, OCTAVE))), axis=1, dtype=np.int16)
    return counts[:, 2 * OCTAVE + 1 :] > counts[:, :PITCHES]


def _repetition(onsets: np.ndarray, near: np.ndarray) -> float:
    """Compute the share of repetitions among the notes whose voice has an earlier note."""
    last, last_near = _previous_step(onsets)[onsets], _previous_step(near)[onsets]
    follows = last_near >= 0
    return float((last == last_near)[follows].mean()) if follows.any() else np.nan


def _previous_step(happens: np.ndarray) -> np.ndarray:
    """Find, for each step and pitch, the last earlier step that is true; -1 for none."""
    steps = np.arange(len(happens), dtype=np.int32)[:, None]
    last = np.maximum.accumulate(np.where(happens, steps, -1), axis=0)
    return np.concatenate([np.full_like(last[:1], -1), last[:-1]])


def _syncopation(onsets: np.ndarray, near: np.ndarray, positions: np.ndarray | None) -> float:
    """Average the syncopation of the notes whose next stronger position is in the excerpt."""
    if positions is None or positions.shape[1] != 2 * len(IN_BARS) or not positions.any():
        return np.nan
    turns = np.arctan2(positions[:, len(IN_BARS) + _BEAT], positions[:, _BEAT]) / (2 * np.pi)
    sixteenths = np.rint(4 * turns).astype(np.int64) % 4
    # Steps that are nearest to the same sixteenth are one slot.
    begins = np.flatnonzero(np.diff(sixteenths, prepend=-1))
    levels = _LEVELS[sixteenths[begins]]
    slot_of = np.cumsum(np.diff(sixteenths, prepend=-1) != 0) - 1
    onsets_in = np.logical_or.reduceat(near, begins)
    steps, pitches = np.nonzero(onsets)
    slots = slot_of[steps]
    strengths = np.zeros(len(slots))
    known = np.ones(len(slots), np.bool_)
    for level in (1, 2):
        stronger = _next_index(levels < level)[slots]
        here = levels[slots] == level
        known &= ~here | (stronger < len(begins))
        at = np.minimum(stronger, len(begins) - 1)
        empty = ~onsets_in[at, pitches]
        strengths = np.where(here & empty, level - levels[at], strengths)
    return float(strengths[known].mean()) if known.any() else np.nan


def _next_index(happens: np.ndarray) -> np.ndarray:
    """Find, for each index, the first later index that is true; the length for none."""
    positions = np.where(happens, np.arange(len(happens)), len(happens))
    after = np.minimum.accumulate(positions[::-1])[::-1]
    return np.append(after[1:], len(happens))
