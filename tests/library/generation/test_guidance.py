import numpy as np
import pytest

from mathrock.generation.guidance import Guided


class Inner:
    """Says the first number of its style, plus 10 for each decision so far, of every take."""

    is_autoregressive = True
    needs = frozenset({"before", "style"})

    def advance(self, context):
        self.context = context

    def logits(self, yes):
        said = self.context["style"][:, 0] + self.context["before"][:, 0, 0] + 10 * yes.sum((1, 2))
        return np.broadcast_to(said[:, None, None], yes.shape).astype(np.float32)


BEFORE = np.stack([np.full((128, 2), take, np.float32) for take in (100, 200)])
STYLES = np.array([[1, 7], [4, 8], [0, 0]], np.float32)


def test_every_style_hears_the_same_takes():
    inner = Inner()
    guided = Guided(inner, STYLES, np.array([1.5, 0.5, -1]))
    assert guided.needs == {"before"}
    assert guided.is_autoregressive
    guided.advance({"before": BEFORE})
    assert inner.context["style"].tolist() == np.repeat(STYLES, 2, axis=0).tolist()
    assert np.array_equal(inner.context["before"], np.concatenate([BEFORE] * 3))


def test_what_the_styles_say_is_mixed_by_weight():
    guided = Guided(Inner(), STYLES, np.array([1.5, 0.5, -1]))
    guided.advance({"before": BEFORE})
    yes = np.zeros((2, 128, 2), np.float32)
    yes[1, 60, 0] = 1
    logits = guided.logits(yes)
    assert (logits.shape, logits.dtype) == ((2, 128, 2), np.float32)
    assert logits[:, 0, 0] == pytest.approx([100 + 1.5 + 2, 200 + 1.5 + 2 + 10])


def test_one_style_is_the_stepper_itself():
    inner = Inner()
    guided = Guided(inner, STYLES[:1], np.ones(1))
    guided.advance({"before": BEFORE})
    yes = np.zeros((2, 128, 2), np.float32)
    assert np.array_equal(guided.logits(yes), inner.logits(yes))
