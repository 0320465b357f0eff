"""What a model is told of each step while it makes new ones: the context, as in training.

The context of a step is what was there before it: the last step, the steps that it echoes, and its
place in the bar. Several takes go on at once, each with its own past.
"""

from collections.abc import Collection

import numpy as np

from mathrock.echoes import Echoes, follow

NAMES = ("before", "echo", "likeness", "place")


class Contexts:
    """The contexts of the steps of several takes, one step after another.

    Args:
        rolls: bool (takes, steps, 128, planes), to be filled up to a step before its context is
            asked for. It is looked at, not copied.
        needs: which of `NAMES` the model takes in; echoes are looked for only if they are needed.
        cycles: lengths in steps of what recurs in the grid, such as a bar.
        begins: the place of the rolls' first step in its song, in steps.
    """

    def __init__(
        self,
        rolls: np.ndarray,
        needs: Collection[str] = NAMES,
        cycles: tuple[int, ...] = (),
        begins: int = 0,
    ):
        self._rolls, self._needs, self._begins = rolls, needs, begins
        self._cycles = np.array(cycles, np.float64)
        takes, steps, *shape = rolls.shape
        self._echoes = []
        if "echo" in needs or "likeness" in needs:
            self._echoes = [Echoes(steps, int(np.prod(shape))) for _ in range(takes)]
        self._next = 0

    def next(self) -> dict[str, np.ndarray]:
        """The context of the next step: float32 arrays by name, with an axis (takes,) in front."""
        step, self._next = self._next, self._next + 1
        rolls, context = self._rolls, {}
        if "before" in self._needs:
            before = rolls[:, step - 1] if step else np.zeros_like(rolls[:, 0])
            context["before"] = before.astype(np.float32)
        if self._echoes:
            if step:
                for echoes, roll in zip(self._echoes, rolls, strict=True):
                    echoes.hear(roll[step - 1])
            found = np.array([echoes.recall() for echoes in self._echoes])
            steps = [follow(roll, one[None])[0] for roll, one in zip(rolls, found, strict=True)]
            context["echo"] = np.array(steps, np.float32)
            context["likeness"] = found["likeness"]
        if len(self._cycles) and "place" in self._needs:
            angles = 2 * np.pi * (self._begins + step) / self._cycles
            place = np.concatenate([np.cos(angles), np.sin(angles)]).astype(np.float32)
            context["place"] = np.tile(place, (len(rolls), 1))
        return context
