"""Compute the likelihood of a step from binary decisions: onset and sustain of each pitch.

Each pitch has an onset decision (does a note begin?). If it sounded in the previous step and no
note begins, it also has a sustain decision (does the note go on?); the mask says where a decision
counts. So the probabilities of all possible next steps sum to 1. Rolls with the sounding plane
alone, as the public benchmark sets have, have one decision a pitch: does it sound?

The functions take arrays of NumPy or of any Keras backend, and sum over the last two axes.
"""

from keras import ops

from mathrock.pianoroll.planes import ONSET, SOUNDING

ONSET_DECISION, SUSTAIN_DECISION = 0, 1  # the decisions of a pitch: onset and sustain


def targets_and_mask(steps, before):
    """Convert steps to the targets of their decisions and the mask of those that count.

    Args:
        steps, before: steps and the step before each, float (..., pitches, planes), two planes or
            the sounding one alone. A pitch that sounds without an onset, and that did not sound
            before, counts as an onset.

    Returns:
        (targets, mask), float 0 or 1, (..., pitches, decisions): the decisions are
        [ONSET_DECISION, SUSTAIN_DECISION], or one for a single plane.
    """
    if steps.shape[-1] == 1:
        return steps, ops.ones_like(steps)
    sounded = before[..., SOUNDING]
    struck = ops.maximum(steps[..., ONSET], steps[..., SOUNDING] * (1 - sounded))
    may_go_on = sounded * (1 - struck)
    targets = ops.stack([struck, steps[..., SOUNDING] * may_go_on], axis=-1)
    return targets, ops.stack([ops.ones_like(struck), may_go_on], axis=-1)


def negative_log_likelihood(logits, targets, mask):
    """Sum the negative log-likelihood, in nats, of the masked decisions over pitches: (...,)."""
    return ops.sum(mask * (ops.softplus(logits) - logits * targets), axis=(-2, -1))
