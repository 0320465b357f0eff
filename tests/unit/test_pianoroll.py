from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mathrock import pianoroll
from mathrock.composer import compose
from mathrock.grid import beat_grid
from mathrock.midifile import Note, Part, Score, Tempo, read_score, write_score
from mathrock.pianoroll import decode, encode
from mathrock.planes import ONSET, SOUNDING

RATES = pytest.mark.parametrize("rate", [16, 220])


@st.composite
def apart(draw):
    """(onset, offset, pitch) in steps: one pitch is struck again more than a step later."""
    spans, free = [], {}
    for _ in range(draw(st.integers(0, 25))):
        pitch = draw(st.sampled_from([0, 1, 60, 61, 127]))
        onset = free.get(pitch, 0.0) + draw(st.floats(0, 20))
        length = draw(st.floats(0, 30))
        spans.append((onset, onset + length, pitch))
        free[pitch] = max(onset + length, onset + 1.001)
    return spans


@RATES
@given(spans=apart())
def test_every_note_comes_back_within_half_a_step(rate, spans):
    notes = [Note(onset / rate, offset / rate, pitch) for onset, offset, pitch in spans]
    again = decode(encode(notes, rate), rate)
    order = lambda note: (note.pitch, note.onset)  # noqa: E731
    assert len(again) == len(notes)
    for note, wanted in zip(sorted(again, key=order), sorted(notes, key=order), strict=True):
        assert note.pitch == wanted.pitch
        assert abs(note.onset - wanted.onset) * rate <= 0.5 + 1e-6
        ends = abs(note.offset - wanted.offset) * rate <= 0.5 + 1e-6
        is_short = wanted.offset - wanted.onset < 1.5 / rate
        assert ends or (is_short and note.offset - note.onset == pytest.approx(1 / rate))


@st.composite
def tempo_maps(draw):
    """Some tempos from 0 s on, slow or fast, with changes wherever they come."""
    gaps = draw(st.lists(st.floats(0.05, 8), max_size=5))
    times = np.cumsum([0.0, *gaps]).tolist()
    return tuple(Tempo(time, draw(st.floats(30, 300))) for time in times)


@given(spans=apart(), tempos=tempo_maps(), steps_per_beat=st.sampled_from([1, 7, 12, 48]))
def test_on_beats_every_note_comes_back_within_half_a_step(spans, tempos, steps_per_beat):
    grid = beat_grid(tempos, steps_per_beat)
    notes = [Note(grid.seconds(on), grid.seconds(off), pitch) for on, off, pitch in spans]
    again = decode(encode(notes, grid), grid)
    assert len(again) == len(notes)
    order = lambda note: (note.pitch, note.onset)  # noqa: E731
    for note, wanted in zip(sorted(again, key=order), sorted(notes, key=order), strict=True):
        assert abs(grid.steps(note.onset) - grid.steps(wanted.onset)) <= 0.5 + 1e-6
        off = abs(grid.steps(note.offset) - grid.steps(wanted.offset))
        length = grid.steps(note.offset) - grid.steps(note.onset)
        assert off <= 0.5 + 1e-6 or length == pytest.approx(1, abs=1e-6)


@given(tempos=tempo_maps(), first=st.integers(0, 40))
def test_notes_on_beats_come_back_from_midi_to_their_steps(tmp_path_factory, tempos, first):
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    grid = beat_grid(tempos, 12)
    notes = [Note(grid.seconds(first + n), grid.seconds(first + n + 3), 60 + n) for n in range(9)]
    write_score(path, Score([Part("", notes)], tempos))
    score = read_score(path)
    # A tempo changes on a whole tick, which moves what follows by less than a hundredth of a step.
    roll = encode(score.pitched_notes, beat_grid(score.tempos, 12))
    assert np.array_equal(roll, encode(notes, grid))


@RATES
@given(raw=arrays(np.bool_, (12, 3, 2)))
def test_a_roll_decoded_and_encoded_is_the_same(rate, raw):
    roll = np.zeros((12, 128, 2), np.bool_)
    for column, pitch in enumerate((0, 64, 127)):
        held = False
        for step in range(12):
            struck, sounds = raw[step, column]
            held = struck or (held and sounds)
            roll[step, pitch] = held, struck
    while len(roll) and not roll[-1].any():
        roll = roll[:-1]
    assert np.array_equal(encode(decode(roll, rate), rate), roll)


@RATES
def test_a_song_keeps_every_note(rate):
    notes = compose("seven-lanterns").parts[0].notes
    again = decode(encode(notes, rate), rate)
    for note in notes:
        assert any(
            other.pitch == note.pitch and abs(other.onset - note.onset) <= 0.5 / rate + 1e-6
            for other in again
        )


def test_repeated_notes_stay_apart():
    notes = [Note(i / 8, (i + 1) / 8, 60) for i in range(6)]
    assert [note[:3] for note in decode(encode(notes, 16), 16)] == [note[:3] for note in notes]


def test_notes_halfway_between_steps_all_move_the_same_way():
    notes = [Note((i + 0.5) / 16, (i + 1.5) / 16, 60) for i in range(20)]
    again = decode(encode(notes, 16), 16)
    assert len(again) == 20
    assert {round((b.onset - a.onset) * 16, 6) for a, b in pairwise(again)} == {1}


def test_a_note_ends_where_its_pitch_is_struck_again():
    again = decode(encode([Note(0.0, 2.0, 60), Note(1.0, 1.5, 60)], 16), 16)
    assert [note[:2] for note in again] == [(0, 1), (1, 1.5)]


def test_of_equal_onsets_the_longest_is_kept():
    again = decode(encode([Note(0.0, 2.0, 60), Note(0.01, 1.0, 60)], 16), 16)
    assert [note[:2] for note in again] == [(0, 2)]


def test_the_shortest_note_lasts_a_step():
    roll = encode([Note(1.0, 1.0, 60)], 16)
    assert roll.shape == (17, 128, 2)
    assert roll[:, 60].sum(axis=0).tolist() == [1, 1]


def test_a_struck_pitch_sounds():
    roll = encode(compose("paper-planets").pitched_notes, 16)
    assert not (roll[:, :, ONSET] & ~roll[:, :, SOUNDING]).any()


def test_sound_without_an_onset_begins_a_note():
    roll = np.zeros((4, 128, 2), np.bool_)
    roll[1:3, 60, SOUNDING] = True
    assert [note[:3] for note in decode(roll, 16)] == [(1 / 16, 3 / 16, 60)]


def test_decoded_notes_are_in_order_and_have_the_velocity():
    notes = decode(encode([Note(1.0, 2.0, 60), Note(0.0, 0.5, 70), Note(0.0, 0.5, 50)], 16), 16, 77)
    assert [note.pitch for note in notes] == [50, 70, 60]
    assert {note.velocity for note in notes} == {77}


def test_nothing_encodes_to_no_steps():
    assert encode([], 16).shape == (0, 128, 2)
    assert decode(encode([], 16), 16) == []


def test_a_saved_roll_can_be_memory_mapped(tmp_path):
    roll = encode([Note(0.0, 1.0, 60)], 16)
    pianoroll.save(tmp_path / "a.npy", roll)
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    assert mapped.dtype == np.bool_
    assert np.array_equal(mapped, roll)
