"""A step as decisions, one pitch after another: is it struck, and if it is not, does it go on?

Only what sounds can go on, so a roll is a chain of decisions without gaps or overlaps, and the
probabilities of all possible next steps add up to 1. Rolls with the sounding plane alone, as the
public benchmark sets are, ask of each pitch just whether it sounds.

The functions take arrays of NumPy or of any Keras backend, and sum over the last two axes.
"""

from keras import ops

from mathrock.pianoroll.planes import ONSET, SOUNDING

STRUCK, GOES_ON = 0, 1


def decide(steps, before):
    """Which decisions a step answers, and which with yes.

    Args:
        steps, before: a step and the one before it, float (..., pitches, planes), two planes or
            the sounding one alone. A pitch that sounds and was neither struck nor sounding before
            counts as struck.

    Returns:
        (yes, asked), float 0 or 1, (..., pitches, decisions): decisions are [STRUCK, GOES_ON], or
        one for a single plane.
    """
    if steps.shape[-1] == 1:
        return steps, ops.ones_like(steps)
    sounded = before[..., SOUNDING]
    struck = ops.maximum(steps[..., ONSET], steps[..., SOUNDING] * (1 - sounded))
    may_go_on = sounded * (1 - struck)
    yes = ops.stack([struck, steps[..., SOUNDING] * may_go_on], axis=-1)
    return yes, ops.stack([ops.ones_like(struck), may_go_on], axis=-1)


def nats(logits, yes, asked):
    """Negative log-likelihood of the decisions in nats, (...,): the sum over pitches."""
    return ops.sum(asked * (ops.softplus(logits) - logits * yes), axis=(-2, -1))
