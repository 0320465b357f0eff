import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.evaluation.histograms import FEATURES, METRES, distributions_of
from mathrock.evaluation.pieces import Piece
from mathrock.music.bars import BAR

NO_BARS = np.zeros(0, BAR)
MIXED = np.array([(0, 0, 7, 8), (14, 1, 4, 4), (30, 2, 4, 4)], BAR)  # a step is a sixteenth


def piece_of(notes, steps=30, rate=16, bars=NO_BARS):
    """Notes are (step, pitch) or (step, pitch, steps long)."""
    roll = np.zeros((steps, 128, 2), bool)
    for step, pitch, *length in notes:
        roll[step : step + sum(length or [1]), pitch, 0] = True
        roll[step, pitch, 1] = True
    return Piece("song", roll, rate, bars)


def found(name, *args, **kwargs):
    """The shares that are not 0, by the names of their bins."""
    shares = distributions_of(piece_of(*args, **kwargs))[name]
    if shares is None:
        return None
    assert shares.shape == (len(FEATURES[name].bins),)
    named = zip(FEATURES[name].bins, shares.tolist(), strict=True)
    return {name: pytest.approx(share) for name, share in named if share}


def test_pitch_classes():
    assert found("pitch_class", [(0, 60), (1, 72), (2, 61), (3, 35)]) == {
        "C": 0.5,
        "C#": 0.25,
        "B": 0.25,
    }


def test_intervals_are_those_of_the_top_line():
    notes = [(0, 60), (0, 40), (2, 62), (5, 61), (5, 41), (6, 61), (7, 80), (8, 60)]
    assert found("interval", notes) == {
        "+2": 0.2,
        "-1": 0.2,
        "0": 0.2,
        "+12 or more": 0.2,
        "-12 or more": 0.2,
    }


def test_note_lengths_are_in_seconds():
    notes = [(0, 60, 1), (0, 64, 4), (4, 64, 4), (9, 70, 16), (20, 30, 10)]
    lengths = {"under 0.1": 0.2, "0.2-0.28": 0.4, "0.8-1.1": 0.2, "0.57-0.8": 0.2}
    assert found("note_length", notes) == lengths
    doubled = [(2 * step, pitch, 2 * length) for step, pitch, length in notes]
    assert found("note_length", doubled, 60, 32) == lengths


def test_a_note_that_is_held_into_a_piece_has_no_length_there():
    piece = piece_of([(0, 60, 20), (4, 64, 2)])
    piece.roll[0, 60, 1] = False
    shares = distributions_of(piece)["note_length"]
    assert dict(zip(FEATURES["note_length"].bins, shares, strict=True))["0.1-0.14"] == 1


def test_lengths_of_a_grid_of_16_a_second_lie_inside_the_bins():
    for steps in range(1, 40):
        both = [found("note_length", [(0, 60, steps)], 50, rate) for rate in (15.95, 16, 16.05)]
        assert both[0] == both[1] == both[2]


def test_onsets_are_those_of_each_metres_own_beats():
    """7/8 has two quarter notes and a dotted one, 4/4 four quarter notes."""
    notes = [(0, 60), (2, 60), (2, 65), (8, 60), (10, 60), (12, 60), (14, 60), (29, 60)]
    assert found("onsets_per_beat", notes, bars=MIXED) == {
        "0": 3 / 7,
        "1": 2 / 7,
        "2": 1 / 7,
        "3": 1 / 7,
    }


def test_grooves_are_counted_from_each_bars_line():
    notes = [(0, 60), (13, 60), (14, 60), (14, 64), (27, 60)]
    assert found("groove", notes, bars=MIXED) == {"0": 0.6, "13": 0.4}


def test_a_long_bar_ends_in_the_last_bin():
    long = np.array([(0, 0, 12, 4), (48, 3, 12, 4)], BAR)
    assert found("groove", [(0, 60), (40, 60)], 48, bars=long) == {"0": 0.5, "31+": 0.5}


def test_polyphony():
    notes = [(0, 60, 15), (0, 64, 5), *[(20, 40 + n, 10) for n in range(11)]]
    assert found("polyphony", notes) == {"0": 1 / 6, "1": 1 / 3, "2": 1 / 6, "8+": 1 / 3}


def test_density_is_by_second():
    notes = [(step, pitch) for step in range(10) for pitch in (60, 64, 67)]
    assert found("density", [*notes, (31, 60)], 55) == {"25-32": 1 / 3, "1": 1 / 3, "0": 1 / 3}


def test_metres_are_shares_of_the_time():
    assert found("metre", [], bars=MIXED) == {"7/8": 14 / 30, "4/4": 16 / 30}
    bars = np.array([(-7, 0, 7, 8), (7, 1, 17, 16), (24, 2, 4, 4), (40, 2, 4, 4)], BAR)
    assert found("metre", [], bars=bars) == {"7/8": 7 / 30, "other": 17 / 30, "4/4": 6 / 30}


def test_silence_has_but_polyphony_density_beats_and_metre():
    silent = distributions_of(piece_of([], bars=MIXED))
    told = {name for name, shares in silent.items() if shares is not None}
    assert told == {"onsets_per_beat", "polyphony", "density", "metre"}


def test_without_bars_nothing_is_counted_in_them():
    unknown = distributions_of(piece_of([(0, 60), (4, 62)]))
    untold = {name for name, shares in unknown.items() if shares is None}
    assert untold == {"onsets_per_beat", "groove", "metre"}


def test_less_than_a_second_has_no_density():
    assert found("density", [(0, 60)], 10) is None
    assert found("interval", [(0, 60)], 10) is None


@given(
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 127), st.integers(1, 40)), max_size=30)
)
def test_shares_sum_to_one(notes):
    shares = distributions_of(piece_of(notes, bars=MIXED))
    assert shares.keys() == FEATURES.keys()
    for told in shares.values():
        assert told is None or (told.min() >= 0 and told.sum() == pytest.approx(1))


def test_bins_have_names_of_their_own():
    for feature in FEATURES.values():
        assert len(set(feature.bins)) == len(feature.bins)
    assert METRES.index("other") == len(METRES) - 1
    assert len(FEATURES["interval"].bins) == 25
    assert FEATURES["groove"].bins[14] == "14"
