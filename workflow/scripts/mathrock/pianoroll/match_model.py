"""Match model: find the earlier moment of a song that is most similar to now, and what followed.

Riffs recur. For each step the model finds the past step whose recent history is most similar to the
current history, and predicts the step that followed it (the "echo" in models' inputs and in files):
a long memory that needs no training, is invariant to transposition and is cheap. The idea is the
match model of lossless compressors (PAQ; see Mahoney, "Adaptive weighing of context models", 2005),
made tolerant of wrong and missing notes: histories are compared by the Jaccard index of their
steps, with exponentially decreasing weights backwards in time.
"""

import numpy as np

HISTORY_LENGTHS = (4, 20)  # time constants, in steps, of the compared histories; one match each
HORIZON = 4096  # steps back that are searched
NO_MATCH = -1  # the index of the matched step before there is a past

_DECAYS = 1 - 1 / np.array(HISTORY_LENGTHS, np.float32)[:, None]
MATCH = np.dtype([("step", "<i4", len(HISTORY_LENGTHS)), ("likeness", "<f4", len(HISTORY_LENGTHS))])


class MatchModel:
    """A match model of one song, which grows step by step.

    Args:
        steps: the largest number of steps.
        width: pitches times planes.
    """

    def __init__(self, steps: int, width: int):
        self._history = np.zeros((width, steps), np.bool_)  # so that a note's steps lie together
        self._sizes = np.zeros(steps, np.float32)
        self._similarity = np.zeros((len(HISTORY_LENGTHS), steps), np.float32)
        self._now = 0

    def append(self, step: np.ndarray) -> None:
        """Append the next step, bool (pitches, planes), to the history."""
        now, on = self._now, np.flatnonzero(step)
        first = max(0, now - HORIZON)
        common = self._history[on, first:now].sum(axis=0, dtype=np.float32)
        union = self._sizes[first:now] + len(on) - common
        similarity = np.divide(common, union, out=np.ones_like(common), where=union > 0)
        self._similarity[:, 1:now] = _DECAYS * self._similarity[:, : max(0, now - 1)]
        self._similarity[:, 0] = 0  # nothing went before the first step
        self._similarity[:, first:now] += (1 - _DECAYS) * similarity
        self._history[on, now] = True
        self._sizes[now] = len(on)
        self._now = now + 1

    def predict(self) -> np.ndarray:
        """Predict the next step: a `MATCH`, (), of indices of earlier steps and similarities, 0-1.

        Of equally similar steps the latest is taken; `NO_MATCH` where there is no past.
        """
        matches = np.zeros((), MATCH)
        first, last = max(0, self._now - 1 - HORIZON), self._now - 1  # `last` has no successor yet
        if last <= 0:
            matches["step"] = NO_MATCH
            return matches
        similarity = self._similarity[:, first:last]
        best = last - 1 - np.argmax(similarity[:, ::-1], axis=1)
        matches["step"] = best + 1
        matches["likeness"] = self._similarity[np.arange(len(HISTORY_LENGTHS)), best]
        return matches


def find_matches(roll: np.ndarray) -> np.ndarray:
    """Find the matches of each step of a song, bool (steps, pitches, planes): `MATCH` (steps,)."""
    matches = np.zeros(len(roll), MATCH)
    model = MatchModel(len(roll), roll[0].size if len(roll) else 0)
    for index, step in enumerate(roll):
        matches[index] = model.predict()
        model.append(step)
    return matches


def matched_steps(roll: np.ndarray, matches: np.ndarray) -> np.ndarray:
    """Look up the matched steps in the same song: bool (n, pitches, matches * planes).

    A step without a match gets silence.
    """
    numbers = matches["step"]
    steps = np.where((numbers == NO_MATCH)[..., None, None], False, roll[numbers])
    n, pitches = len(matches), roll.shape[1]
    return steps.transpose(0, 2, 1, 3).reshape(n, pitches, -1)
