"""Compute the context of each step while a model makes new ones, as in training.

The context of a step is what was there before it: the last step, the steps that it echoes, and its
place in the bar. Several takes go on at once, each with its own past.
"""

from collections.abc import Collection

import numpy as np

from mathrock.pianoroll.match_model import MatchModel, matched_steps

NAMES = ("before", "echo", "likeness", "place")


class Contexts:
    """The contexts of the steps of several takes, one step after another.

    Args:
        rolls: bool (takes, steps, 128, planes), to be filled up to a step before its context is
            asked for. It is looked at, not copied.
        needs: which of `NAMES` the model takes in; echoes are looked for only if they are needed.
        places: of all steps, float32 (steps, 2*cycles), see `places`, the same for all takes or,
            with one more axis in front, for each; None: not known.
    """

    def __init__(
        self,
        rolls: np.ndarray,
        needs: Collection[str] = NAMES,
        places: np.ndarray | None = None,
    ):
        self._rolls, self._needs = rolls, needs
        has_places = places is not None and places.shape[-1] and "place" in needs
        self._places = places if has_places else None
        takes, steps, *shape = rolls.shape
        self._echoes = []
        if "echo" in needs or "likeness" in needs:
            self._echoes = [MatchModel(steps, int(np.prod(shape))) for _ in range(takes)]
        self._next = 0

    def next(self) -> dict[str, np.ndarray]:
        """Return the next step's context by name: float32 arrays with an axis (takes,) in front."""
        step, self._next = self._next, self._next + 1
        rolls, context = self._rolls, {}
        if "before" in self._needs:
            before = rolls[:, step - 1] if step else np.zeros_like(rolls[:, 0])
            context["before"] = before.astype(np.float32)
        if self._echoes:
            if step:
                for echoes, roll in zip(self._echoes, rolls, strict=True):
                    echoes.append(roll[step - 1])
            found = np.array([echoes.predict() for echoes in self._echoes])
            steps = [
                matched_steps(roll, one[None])[0] for roll, one in zip(rolls, found, strict=True)
            ]
            context["echo"] = np.array(steps, np.float32)
            context["likeness"] = found["likeness"]
        if self._places is not None:
            place = self._places[..., step, :]
            context["place"] = np.broadcast_to(place, (len(rolls), place.shape[-1]))
        return context
