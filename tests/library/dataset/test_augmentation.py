from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.dataset.augmentation import (
    PITCHED,
    draw_tempo,
    rotate_bars,
    stretch_time,
    transpose_pitch,
)
from mathrock.music.bars import from_rows
from mathrock.music.score import Note
from mathrock.pianoroll import encoding
from mathrock.pianoroll.metrical_position import IN_BARS, metrical_positions
from mathrock.pianoroll.planes import ONSET, SOUNDING

NOTES = st.lists(
    st.builds(
        lambda onset, steps, pitch: Note(onset, onset + steps, pitch),
        onset=st.integers(0, 40),
        steps=st.integers(1, 9),
        pitch=st.sampled_from([0, 60, 127]),
    ),
    min_size=1,
    max_size=30,
)
LINES = st.lists(st.floats(-9, 60), max_size=12)


def crop_of(roll, echo=None):
    echo = np.zeros_like(roll) if echo is None else echo
    return {"before": np.roll(roll, 1, axis=0), "steps": roll, "echo": echo}


def used(crop):
    return np.flatnonzero(np.any([crop[n].any(axis=(0, 2)) for n in PITCHED], axis=0))


@pytest.mark.parametrize("pitches", [[21, 108], [21, 40], [100, 108], [60]])
def test_transposition_stays_on_the_piano_and_keeps_the_music(riff, pitches):
    roll, shifts = riff(16, pitches), set()
    for seed in range(40):
        moved = transpose_pitch(crop_of(roll), (-5, 6), np.random.default_rng(seed))
        on = used(moved)
        assert on[0] >= 21
        assert on[-1] <= 108
        shift = on[0] - min(pitches)
        assert np.array_equal(moved["steps"], np.roll(roll, shift, axis=1))
        shifts.add(int(shift))
    lowest, highest = max(-5, 21 - min(pitches)), min(6, 108 - max(pitches))
    assert (min(shifts), max(shifts)) == (lowest, highest)


def test_echoes_stay_on_the_piano_too(riff):
    crop = crop_of(riff(16, [60]), riff(16, [22, 107]))
    moved = [transpose_pitch(crop, (-5, 6), np.random.default_rng(seed)) for seed in range(20)]
    assert {tuple(used(one)[[0, -1]].tolist()) for one in moved} == {
        (21, 106),
        (22, 107),
        (23, 108),
    }


def test_notes_off_the_piano_are_not_moved_further_off(riff):
    crop = crop_of(riff(16, [10, 60]))
    moved = [transpose_pitch(crop, (-5, 6), np.random.default_rng(seed)) for seed in range(20)]
    assert min(used(one)[0] for one in moved) >= 10


def test_silence_and_no_transposition_change_nothing(riff):
    rng = np.random.default_rng(1)
    silence = crop_of(np.zeros((8, 128, 2), bool))
    assert transpose_pitch(silence, (-5, 6), rng) is silence
    assert np.array_equal(transpose_pitch(crop_of(riff(8)), (0, 0), rng)["steps"], riff(8))


def crop_of_notes(notes, planes=2):
    """All arrays of a crop; each step's likeness is its number, so that it can be followed."""
    roll = encoding.encode(notes, 1)[:, :, :planes].astype(np.bool_)
    number = np.arange(len(roll), dtype=np.float32)
    before = np.concatenate([np.ones_like(roll[:1]), roll[:-1]])
    echo = np.random.default_rng(len(notes)).random(roll.shape) < 0.1
    return {
        "before": before,
        "echo": echo,
        "likeness": np.column_stack([number, number]),
        "place": metrical_positions((8,), [], 0, len(roll)),
        "steps": roll,
    }


def sources(crop):
    """The number of the step that each step's likeness is of."""
    return crop["likeness"][:, 0].astype(int)


def assert_follows(found, crop):
    """Echo and place are of the steps that the likeness is of; before is the step before."""
    at = sources(found)
    for name in ("echo", "likeness", "place"):
        assert np.array_equal(found[name], crop[name][at])
    assert np.array_equal(found["before"][0], crop["before"][0])
    assert np.array_equal(found["before"][1:], found["steps"][:-1])


def length_at(crop, tempo):
    return max(1, round(len(crop["steps"]) / tempo))


@given(NOTES, st.floats(0.5, 1.5), st.sampled_from([1, 2]))
def test_stretching_loses_and_doubles_no_onset(notes, tempo, planes):
    crop = crop_of_notes(notes, planes)
    length = length_at(crop, tempo)
    found, steps = stretch_time(crop, length), len(crop["steps"])
    assert {len(values) for values in found.values()} == {length}
    goes_to = np.arange(steps) * length // steps
    expected = np.zeros((length, 128, planes), bool)
    for step, to in enumerate(goes_to):  # a step also sounds in those that go on with it
        until = goes_to[step + 1] if step + 1 < steps else length
        expected[to, :, ONSET:] |= crop["steps"][step, :, ONSET:]
        expected[to : max(to + 1, until), :, SOUNDING] |= crop["steps"][step, :, SOUNDING]
    assert np.array_equal(found["steps"], expected)
    assert_follows(found, crop)
    at = sources(found)
    assert (np.diff(at) >= 0).all()
    assert (np.abs(at * length / steps - np.arange(length)) < max(1, length / steps)).all()


@given(NOTES, st.floats(0.5, 1))
def test_slower_are_the_same_notes_in_the_same_order(notes, tempo):
    crop = crop_of_notes(notes)
    length = length_at(crop, tempo)
    one, slower = (
        encoding.decode(steps, 1) for steps in (crop["steps"], stretch_time(crop, length)["steps"])
    )
    steps = len(crop["steps"])
    goes_to = np.arange(steps + 1) * length // steps
    assert slower == sorted(
        note._replace(
            onset=float(goes_to[int(note.onset)]), offset=float(goes_to[int(note.offset)])
        )
        for note in one
    )
    assert [note.pitch for note in slower] == [note.pitch for note in one]


@given(NOTES, st.floats(0.5, 1.5))
def test_no_note_of_a_stretched_crop_begins_without_an_onset(notes, tempo):
    crop = crop_of_notes(notes)
    steps = stretch_time(crop, length_at(crop, tempo))["steps"]
    sounding, struck = steps[:, :, SOUNDING], steps[:, :, ONSET]
    assert not (struck & ~sounding).any()
    assert not (sounding[1:] & ~sounding[:-1] & ~struck[1:]).any()


def test_a_crop_at_its_own_tempo_is_itself(riff):
    crop = crop_of(riff(16))
    assert stretch_time(crop, 16) is crop


def test_tempos_are_drawn_evenly_by_their_logarithms():
    rng = np.random.default_rng(1)
    found = np.log([draw_tempo(0.2, rng) for _ in range(4000)])
    assert np.log(0.8) <= found.min() < np.log(0.81)
    assert np.log(1.19) < found.max() <= np.log(1.2)
    assert found.mean() == pytest.approx(np.log(0.8 * 1.2) / 2, abs=0.01)


@given(NOTES, LINES, st.integers(0, 99))
def test_rotation_keeps_every_bar_whole_and_every_step(notes, lines, seed):
    crop = crop_of_notes(notes)
    steps = len(crop["steps"])
    lines = np.unique(np.floor(np.array(lines) + 0.5).astype(int)) if lines else np.zeros(0, int)
    found = rotate_bars(crop, lines.astype(float), np.random.default_rng(seed))
    at = sources(found)
    assert sorted(at) == list(range(steps))
    assert np.array_equal(found["steps"], crop["steps"][at])
    assert_follows(found, crop)
    inside = [line for line in lines.tolist() if 0 <= line <= steps]
    if len(inside) < 3:
        assert found is crop
        return
    assert np.array_equal(at[: inside[0]], np.arange(inside[0]))
    assert np.array_equal(at[inside[-1] :], np.arange(inside[-1], steps))
    bars = list(pairwise(inside))
    heard = at[inside[0] : inside[-1]].tolist()
    turns = [
        [step for begin, end in bars[cut:] + bars[:cut] for step in range(begin, end)]
        for cut in range(len(bars))
    ]
    assert heard in turns


def test_rotation_cuts_at_each_line_and_leaves_the_order_at_times():
    crop = crop_of_notes([Note(0, 40, 60)])
    lines = np.array([-4.0, 4.4, 12.6, 21.2, 29.5, 44])
    firsts = [
        sources(rotate_bars(crop, lines, np.random.default_rng(seed)))[4:6].tolist()
        for seed in range(40)
    ]
    assert sorted({tuple(pair) for pair in firsts}) == [(4, 5), (13, 14), (21, 22)]


@pytest.mark.parametrize("lines", [[], [5.0], [3.0, 9.0], [-3.0, 5.0, 12.0, 50.0]])
def test_fewer_than_two_whole_bars_are_left_alone(lines):
    crop = crop_of_notes([Note(0, 40, 60)])
    assert rotate_bars(crop, np.array(lines), np.random.default_rng(0)) is crop


def test_places_in_bars_go_on_without_a_jump_after_a_rotation():
    """Of equal bars on the grid: a bar that is whole can follow any other."""
    crop = crop_of_notes([Note(0, 40, 60)])
    bars = from_rows([[step, step / 2, 4, 4] for step in range(0, 41, 8)])
    crop["place"] = metrical_positions(IN_BARS, bars, 0, 40)
    moved = rotate_bars(crop, bars["step"], np.random.default_rng(3))
    assert not np.array_equal(sources(moved), sources(crop))
    assert moved["place"] == pytest.approx(crop["place"], abs=1e-6)
