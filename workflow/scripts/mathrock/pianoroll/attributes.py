"""What a stretch of music is like, in four numbers that a take can ask for more or less of.

    density      notes a second
    pitch        the mean pitch of the notes
    syncopation  how far notes lie off the beat without a note where the beat is, 0-2
    repetition   the share of notes that strike again what its voice struck last, 0-1

Syncopation is after Longuet-Higgins and Lee ("The rhythmic interpretation of monophonic music",
Music Perception, 1984), who let a note syncopate that is weaker in its metre than the rest, or the
held note, after it, and as strongly as the two differ. Here the metre's levels are three: quarter
notes, eighths and sixteenths; a bar's line is a quarter note like others, as odd metres have no
half. Of a note off the beat the next place of a stronger level decides: where nothing is struck, it
syncopates by the levels between them.

Their music has one voice. A roll does not say which of its notes are one, so a note's voice is what
lies within an octave of it: bass and lead seldom do.
"""

from collections.abc import Mapping

import numpy as np

from mathrock.pianoroll.metrical_position import IN_BARS
from mathrock.pianoroll.planes import ONSET, PITCHES

ATTRIBUTES = ("density", "pitch", "syncopation", "repetition")
OCTAVE = 12
MOST = 3.0  # standard deviations
_BEAT = IN_BARS.index("beat")
_LEVELS = np.array([0, 2, 1, 2])  # of a beat's sixteenths: how far below the quarter note


def attributes_of(roll: np.ndarray, rate: float, places: np.ndarray | None = None) -> np.ndarray:
    """The attributes of a stretch, float32 (4,), in the order of `ATTRIBUTES`.

    NaN is what cannot be told: in silence all but the density; syncopation without bars; of an
    empty stretch everything. `scores` makes numbers of them in any case.

    Args:
        roll: bool (steps, 128, 2).
        rate: steps a second.
        places: of its steps in the song's bars, as `places.find_places` gives them for `IN_BARS`,
            all 0 where the bars are not known. None, or other cycles: not known.
    """
    struck = roll[:, :, ONSET].astype(np.bool_)
    if not len(struck):
        return np.full(len(ATTRIBUTES), np.nan, np.float32)
    by_pitch = struck.sum(axis=0)
    notes = int(by_pitch.sum())
    near = _near(struck)
    values = (
        notes * rate / len(struck),
        by_pitch @ np.arange(PITCHES) / notes if notes else np.nan,
        _syncopation(struck, near, places),
        _repetition(struck, near),
    )
    return np.array(values, np.float32)


def scores(values: np.ndarray, usual: Mapping[str, tuple[float, float]]) -> np.ndarray:
    """Attributes as standard scores of at most 3 either way, float32 (names,); 0 for NaN.

    Args:
        values: what `attributes_of` gave.
        usual: the mean and the standard deviation of each attribute by its name, of all or of some:
            only these get a score, in this order. Where the deviation is 0, so is the score.
    """
    values = values[[ATTRIBUTES.index(name) for name in usual]]
    means, deviations = np.array([*usual.values()], np.float64).reshape(-1, 2).T
    found = (values - means) / np.where(deviations > 0, deviations, np.inf)
    return np.nan_to_num(np.clip(found, -MOST, MOST)).astype(np.float32)


def _near(struck: np.ndarray) -> np.ndarray:
    """Where anything within an octave of a pitch is struck, bool (steps, 128)."""
    counts = np.cumsum(np.pad(struck, ((0, 0), (OCTAVE + 1, OCTAVE))), axis=1, dtype=np.int16)
    return counts[:, 2 * OCTAVE + 1 :] > counts[:, :PITCHES]


def _repetition(struck: np.ndarray, near: np.ndarray) -> float:
    """Of the notes that have a note of their voice before them."""
    last, last_near = _last(struck)[struck], _last(near)[struck]
    follows = last_near >= 0
    return float((last == last_near)[follows].mean()) if follows.any() else np.nan


def _last(happens: np.ndarray) -> np.ndarray:
    """For each step and pitch the last step before it in which it happened, -1 for none."""
    steps = np.arange(len(happens), dtype=np.int32)[:, None]
    last = np.maximum.accumulate(np.where(happens, steps, -1), axis=0)
    return np.concatenate([np.full_like(last[:1], -1), last[:-1]])


def _syncopation(struck: np.ndarray, near: np.ndarray, places: np.ndarray | None) -> float:
    """The mean of all notes whose next stronger place is in the stretch."""
    if places is None or places.shape[1] != 2 * len(IN_BARS) or not places.any():
        return np.nan
    turns = np.arctan2(places[:, len(IN_BARS) + _BEAT], places[:, _BEAT]) / (2 * np.pi)
    sixteenths = np.rint(4 * turns).astype(np.int64) % 4
    # Steps that are nearest to the same sixteenth are one slot.
    begins = np.flatnonzero(np.diff(sixteenths, prepend=-1))
    levels = _LEVELS[sixteenths[begins]]
    slot_of = np.cumsum(np.diff(sixteenths, prepend=-1) != 0) - 1
    struck_in = np.logical_or.reduceat(near, begins)
    steps, pitches = np.nonzero(struck)
    slots = slot_of[steps]
    strengths = np.zeros(len(slots))
    known = np.ones(len(slots), np.bool_)
    for level in (1, 2):
        stronger = _next(levels < level)[slots]
        here = levels[slots] == level
        known &= ~here | (stronger < len(begins))
        at = np.minimum(stronger, len(begins) - 1)
        empty = ~struck_in[at, pitches]
        strengths = np.where(here & empty, level - levels[at], strengths)
    return float(strengths[known].mean()) if known.any() else np.nan


def _next(happens: np.ndarray) -> np.ndarray:
    """For each place the first after it where it happens; their number for none."""
    places = np.where(happens, np.arange(len(happens)), len(happens))
    after = np.minimum.accumulate(places[::-1])[::-1]
    return np.append(after[1:], len(happens))
