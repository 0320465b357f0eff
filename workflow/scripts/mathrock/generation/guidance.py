"""Condition a model on several styles at once, and guide it further than it would go by itself.

A stepper's logits are the weighted sum of its logits in each style. So a blend has from every
genre what is likely there, all along; a model conditioned on all genres at once follows the
heaviest.

Where the weights of the styles add up to more than 1, and the unconditioned model has a negative
weight that makes up for it, this is classifier-free guidance (Ho and Salimans,
"Classifier-Free Diffusion Guidance", 2022): away from what all songs have in common.
"""

import numpy as np


class Guided:
    """Makes a stepper for some takes of a stepper for as many takes in each style: see `sampling`.

    Args:
        stepper: for len(weights) times as many takes.
        styles: conditioning vectors, float32 (rows, styles), see `Sequences.style`.
        weights: of each, float32 (rows,); together 1.
    """

    def __init__(self, stepper, styles: np.ndarray, weights: np.ndarray):
        self._stepper, self._styles = stepper, styles
        self._weights = weights.astype(np.float32)
        self.is_autoregressive = stepper.is_autoregressive
        self.needs = frozenset(stepper.needs) - {"style"}

    def advance(self, context: dict[str, np.ndarray]) -> None:
        """Move on to the next step, whose context all styles share."""
        rows = len(self._weights)
        takes = len(next(iter(context.values())))
        context = {name: np.concatenate([values] * rows) for name, values in context.items()}
        self._stepper.advance(context | {"style": np.repeat(self._styles, takes, axis=0)})

    def logits(self, yes: np.ndarray) -> np.ndarray:
        """Return mixed logits (takes, 128, decisions), given decisions that all styles share."""
        rows = len(self._weights)
        found = self._stepper.logits(np.concatenate([yes] * rows))
        return np.tensordot(self._weights, found.reshape(rows, *yes.shape), 1)
