"""Where in its own past does a song stand now, and what came next then?

Riffs come back. For each step the echo is the step that followed the past moment whose recent
history was most like the recent history now: a long memory that needs no learning, moves with a
transposition and costs a look-up. The idea is the match model of lossless compressors (PAQ; see
Mahoney, "Adaptive weighing of context models", 2005), made tolerant of wrong and missing notes:
histories are compared by the Jaccard index of their steps, discounted backwards.
"""

import numpy as np

MEMORIES = (4, 20)  # steps over which histories are compared, one echo each
HORIZON = 4096  # steps back that are searched
NONE = -1  # the number of the step echoed before there is a past

_DECAYS = 1 - 1 / np.array(MEMORIES, np.float32)[:, None]
FOUND = np.dtype([("step", "<i4", len(MEMORIES)), ("likeness", "<f4", len(MEMORIES))])


class Echoes:
    """The echoes of one song, heard step by step.

    Args:
        steps: how many there will be at most.
        width: pitches times planes.
    """

    def __init__(self, steps: int, width: int):
        self._heard = np.zeros((width, steps), np.bool_)  # so that a note's steps lie together
        self._sizes = np.zeros(steps, np.float32)
        self._alike = np.zeros((len(MEMORIES), steps), np.float32)
        self._now = 0

    def hear(self, step: np.ndarray) -> None:
        """Take in the next step, bool (pitches, planes)."""
        now, on = self._now, np.flatnonzero(step)
        first = max(0, now - HORIZON)
        common = self._heard[on, first:now].sum(axis=0, dtype=np.float32)
        union = self._sizes[first:now] + len(on) - common
        alike = np.divide(common, union, out=np.ones_like(common), where=union > 0)
        self._alike[:, 1:now] = _DECAYS * self._alike[:, : max(0, now - 1)]
        self._alike[:, 0] = 0  # nothing went before the first step
        self._alike[:, first:now] += (1 - _DECAYS) * alike
        self._heard[on, now] = True
        self._sizes[now] = len(on)
        self._now = now + 1

    def recall(self) -> np.ndarray:
        """What the next step echoes, a `FOUND`, (): steps heard, by number, and how alike, 0-1.

        Of equally good ones the latest is taken; `NONE` where nothing has gone before.
        """
        found = np.zeros((), FOUND)
        first, last = max(0, self._now - 1 - HORIZON), self._now - 1  # `last` has no successor yet
        if last <= 0:
            found["step"] = NONE
            return found
        alike = self._alike[:, first:last]
        best = last - 1 - np.argmax(alike[:, ::-1], axis=1)
        found["step"] = best + 1
        found["likeness"] = self._alike[np.arange(len(MEMORIES)), best]
        return found


def find_echoes(roll: np.ndarray) -> np.ndarray:
    """The echoes of each step of a song, bool (steps, pitches, planes): `FOUND` (steps,)."""
    found = np.zeros(len(roll), FOUND)
    echoes = Echoes(len(roll), roll[0].size if len(roll) else 0)
    for index, step in enumerate(roll):
        found[index] = echoes.recall()
        echoes.hear(step)
    return found


def follow(roll: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The steps that `found` points at, of the same song: bool (n, pitches, echoes * planes).

    Silence where there is nothing to echo.
    """
    numbers = found["step"]
    steps = np.where((numbers == NONE)[..., None, None], False, roll[numbers])
    n, pitches = len(found), roll.shape[1]
    return steps.transpose(0, 2, 1, 3).reshape(n, pitches, -1)
