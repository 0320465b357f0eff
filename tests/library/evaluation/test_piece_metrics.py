import math

import numpy as np
import pytest

from mathrock.evaluation.piece_metrics import METRICS, metrics_of
from mathrock.evaluation.pieces import Piece
from mathrock.music.bars import BAR

NO_BARS = np.zeros(0, BAR)
SEVEN, FOUR = (0, 3, 6, 10), (0, 4, 8, 11, 12)  # sixteenths that a riff strikes


def bars_of(metres, sixteenth=1.0):
    lines = np.cumsum([0, *(16 * n / d * sixteenth for n, d in metres)])
    rows = zip(lines, [*metres, metres[-1]], strict=True)
    return np.array([(line, line, *metre) for line, metre in rows], BAR)


def scored(notes, steps=30, rate=16, bars=NO_BARS):
    roll = np.zeros((steps, 128, 2), bool)
    for step, pitch in notes:
        roll[step, pitch] = True
    return metrics_of(Piece("song", roll, rate, bars))


def grooves(patterns, metres, sixteenth=1.0):
    """The groove consistency where each bar strikes its pattern."""
    bars = bars_of(metres, sixteenth)
    starts = zip(bars["step"], patterns, strict=False)
    notes = [(round(line + place * sixteenth), 60) for line, struck in starts for place in struck]
    return scored(notes, round(bars["step"][-1]), bars=bars)["groove_consistency"]


def test_one_pitch_class_has_no_entropy_and_twelve_have_most():
    assert scored([(0, 60), (3, 72), (4, 48)])["pitch_class_entropy"] == 0
    twelve = scored([(step, 60 + step) for step in range(12)])
    assert twelve["pitch_class_entropy"] == pytest.approx(math.log2(12))
    assert scored([(0, 60), (1, 62), (2, 74)])["pitch_class_entropy"] == pytest.approx(
        0.9183, abs=1e-4
    )


def test_scale_consistency_is_of_the_best_scale():
    d_dorian = [62, 64, 65, 67, 69, 71, 72]  # the notes of C major
    assert scored([*enumerate(d_dorian)])["scale_consistency"] == 1
    assert scored([*enumerate([*d_dorian, 61])])["scale_consistency"] == 7 / 8
    chromatic = scored([(step, 60 + step) for step in range(12)])
    assert chromatic["scale_consistency"] == pytest.approx(7 / 12)


@pytest.mark.parametrize("sixteenth", [1, 1.67])
def test_a_repeated_bar_of_7_8_is_consistent(sixteenth):
    assert grooves([SEVEN] * 4, [(7, 8)] * 4, sixteenth) == 1


@pytest.mark.parametrize("sixteenth", [1, 1.67])
def test_metres_that_alternate_are_consistent_each_with_itself(sixteenth):
    assert grooves([SEVEN, FOUR] * 3, [(7, 8), (4, 4)] * 3, sixteenth) == 1


def test_one_metre_for_all_would_hear_no_such_thing():
    """What those who cut into equal bars make of the same music."""
    struck = np.zeros(90, bool)
    for start in (0, 30, 60):
        struck[[start + place for place in SEVEN]] = True
        struck[[start + 14 + place for place in FOUR]] = True
    equal = struck[: 5 * 16].reshape(5, 16)
    assert 1 - (equal[1:] != equal[:-1]).mean() < 0.7


def test_groove_consistency_by_hand():
    """Two of sixteen differ, then four: a bar is compared with the one before."""
    bars = [(0, 4, 8, 12), (0, 4, 8, 11), (0, 5, 8, 13)]
    assert grooves(bars, [(4, 4)] * 3) == pytest.approx(1 - (2 / 16 + 4 / 16) / 2)


def test_a_bar_that_is_alone_in_its_metre_is_compared_with_none():
    assert math.isnan(grooves([SEVEN, FOUR], [(7, 8), (4, 4)]))
    assert grooves([FOUR, SEVEN, FOUR], [(4, 4), (7, 8), (4, 4)]) == 1


def test_empty_beats():
    found = scored([(0, 60), (13, 60), (18, 60)], bars=bars_of([(7, 8), (4, 4)]))
    assert found["empty_beats"] == pytest.approx(4 / 7)  # the second, and three of four


def test_polyphony_and_range():
    found = scored([(0, 60), (0, 64), (15, 50)])
    assert found["polyphony"] == pytest.approx(3 / 30)
    assert found["pitch_range"] == 14
    assert found["density"] == pytest.approx(3 * 16 / 30)
    assert found["pitch"] == pytest.approx(58)


def test_repetition_and_syncopation_are_those_of_the_attributes():
    found = scored([(0, 60), (3, 60)], bars=bars_of([(7, 8), (4, 4)]))
    assert (found["repetition"], found["syncopation"]) == (1, 1)


def test_silence_and_no_bars_are_told_as_far_as_they_can_be():
    silent = scored([], bars=bars_of([(7, 8), (4, 4)]))
    assert {name for name, value in silent.items() if not math.isnan(value)} == {
        "empty_beats",
        "polyphony",
        "density",
    }
    assert silent["empty_beats"] == 1
    unknown = scored([(0, 60), (3, 62)])
    assert {name for name, value in unknown.items() if math.isnan(value)} == {
        "groove_consistency",
        "empty_beats",
        "syncopation",
    }


def test_every_score_is_named():
    assert scored([(0, 60)]).keys() == METRICS.keys()
