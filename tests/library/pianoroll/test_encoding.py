from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mathrock.demo.math_rock import compose
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.grid import beat_grid
from mathrock.music.score import Note, Part, Score, Tempo
from mathrock.pianoroll import encoding
from mathrock.pianoroll.encoding import decode, decode_drums, encode
from mathrock.pianoroll.planes import DRUM, ONSET, SOUNDING, VELOCITY

RATES = pytest.mark.parametrize("rate", [16, 220])


VELOCITIES = st.integers(1, 127)


@st.composite
def apart(draw):
    """Notes in steps, of any velocity: one pitch is struck again more than a step later."""
    spans, free = [], {}
    for _ in range(draw(st.integers(0, 25))):
        pitch = draw(st.sampled_from([0, 1, 60, 61, 127]))
        onset = free.get(pitch, 0.0) + draw(st.floats(0, 20))
        length = draw(st.floats(0, 30))
        spans.append((onset, onset + length, pitch, draw(VELOCITIES)))
        free[pitch] = max(onset + length, onset + 1.001)
    return spans


def seconds(spans, rate):
    return [Note(onset / rate, offset / rate, *rest) for onset, offset, *rest in spans]


@RATES
@given(spans=apart())
def test_every_note_comes_back_within_half_a_step(rate, spans):
    notes = seconds(spans, rate)
    again = decode(encode(notes, rate), rate)
    order = lambda note: (note.pitch, note.onset)  # noqa: E731
    assert len(again) == len(notes)
    for note, wanted in zip(sorted(again, key=order), sorted(notes, key=order), strict=True):
        assert (note.pitch, note.velocity) == (wanted.pitch, wanted.velocity)
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
    notes = [Note(grid.seconds(on), grid.seconds(off), *rest) for on, off, *rest in spans]
    again = decode(encode(notes, grid), grid)
    assert len(again) == len(notes)
    order = lambda note: (note.pitch, note.onset)  # noqa: E731
    for note, wanted in zip(sorted(again, key=order), sorted(notes, key=order), strict=True):
        assert abs(grid.steps(note.onset) - grid.steps(wanted.onset)) <= 0.5 + 1e-6
        off = abs(grid.steps(note.offset) - grid.steps(wanted.offset))
        length = grid.steps(note.offset) - grid.steps(note.onset)
        assert off <= 0.5 + 1e-6 or length == pytest.approx(1, abs=1e-6)
        assert note.velocity == wanted.velocity


@given(spans=apart(), tempos=tempo_maps())
def test_on_beats_every_drum_hit_comes_back_within_half_a_step(spans, tempos):
    grid = beat_grid(tempos, 12)
    hits = [Note(grid.seconds(on), grid.seconds(off), *rest) for on, off, *rest in spans]
    again = decode_drums(encode([], grid, hits), grid)
    assert len(again) == len(hits)
    order = lambda note: (note.pitch, note.onset)  # noqa: E731
    for hit, wanted in zip(sorted(again, key=order), sorted(hits, key=order), strict=True):
        assert (hit.pitch, hit.velocity) == (wanted.pitch, wanted.velocity)
        assert abs(grid.steps(hit.onset) - grid.steps(wanted.onset)) <= 0.5 + 1e-6


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
@given(spans=apart())
def test_every_drum_hit_comes_back_within_half_a_step(rate, spans):
    hits = seconds(spans, rate)
    again = decode_drums(encode([], rate, hits), rate)
    order = lambda note: (note.pitch, note.onset)  # noqa: E731
    assert again == sorted(again)
    assert len(again) == len(hits)
    for hit, wanted in zip(sorted(again, key=order), sorted(hits, key=order), strict=True):
        assert (hit.pitch, hit.velocity) == (wanted.pitch, wanted.velocity)
        assert abs(hit.onset - wanted.onset) * rate <= 0.5 + 1e-6
        assert (hit.offset - hit.onset) * rate == pytest.approx(1)


@RATES
@given(spans=apart(), hits=apart())
def test_drums_and_notes_leave_each_other_alone(rate, spans, hits):
    notes, hits = seconds(spans, rate), seconds(hits, rate)
    roll = encode(notes, rate, hits)
    assert decode(roll, rate) == decode(encode(notes, rate), rate)
    assert decode_drums(roll, rate) == decode_drums(encode([], rate, hits), rate)
    assert len(roll) == max(len(encode(notes, rate)), len(encode([], rate, hits)))


@RATES
def test_a_midi_file_comes_back_with_its_velocities_and_drums(tmp_path, rate):
    score = compose("seven-lanterns")
    roll = encode(score.pitched_notes, rate, score.drum_hits)
    parts = [Part("", decode(roll, rate)), Part("", decode_drums(roll, rate), is_drum=True)]
    write_score(tmp_path / "a.mid", Score(parts))
    again = read_score(tmp_path / "a.mid")
    assert np.array_equal(encode(again.pitched_notes, rate, again.drum_hits), roll)
    assert len({note.velocity for note in again.pitched_notes}) > 20
    assert len(again.drum_hits) > 100


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
    assert np.array_equal(encode(decode(roll, rate), rate)[:, :, :2], roll)


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
    again = decode(encode([Note(0.0, 2.0, 60, 50), Note(0.01, 1.0, 60, 99)], 16), 16)
    assert again == [(0, 2, 60, 50)]


def test_of_equal_notes_the_loudest_is_kept():
    again = decode(encode([Note(0.0, 1.0, 60, v) for v in (50, 99, 70)], 16), 16)
    assert again == [(0, 1, 60, 99)]


def test_of_hits_of_a_drum_in_one_step_the_loudest_is_kept():
    hits = [Note(0.25, 0.26, 38, v) for v in (50, 99, 70)] + [Note(0.25, 0.26, 36, 60)]
    again = decode_drums(encode([], 16, hits), 16)
    assert again == [(0.25, 0.3125, 36, 60), (0.25, 0.3125, 38, 99)]


def test_the_shortest_note_lasts_a_step():
    roll = encode([Note(1.0, 1.0, 60)], 16)
    assert roll.shape == (17, 128, 4)
    assert roll[16, 60].tolist() == [1, 1, 90, 0]


def test_a_struck_pitch_sounds():
    roll = encode(compose("paper-planets").pitched_notes, 16)
    assert (roll[:, :, ONSET] <= roll[:, :, SOUNDING]).all()
    assert roll[:, :, SOUNDING].max() == 1


def test_a_struck_pitch_and_no_other_has_a_velocity():
    score = compose("seven-lanterns")
    roll = encode(score.pitched_notes, 16, score.drum_hits)
    assert np.array_equal(roll[:, :, VELOCITY] > 0, roll[:, :, ONSET] > 0)
    assert roll.max() <= 127
    assert roll[:, :, DRUM].any()


def test_sound_without_an_onset_begins_a_note():
    roll = np.zeros((4, 128, 2), np.bool_)
    roll[1:3, 60, SOUNDING] = True
    assert [note[:3] for note in decode(roll, 16)] == [(1 / 16, 3 / 16, 60)]


def test_decoded_notes_are_in_order():
    notes = decode(encode([Note(1.0, 2.0, 60), Note(0.0, 0.5, 70), Note(0.0, 0.5, 50)], 16), 16)
    assert [note.pitch for note in notes] == [50, 70, 60]


def test_notes_have_the_given_velocity_where_the_roll_tells_none():
    roll = encode([Note(0.0, 1.0, 60, 30), Note(1.0, 2.0, 62, 40)], 16)
    assert [note.velocity for note in decode(roll, 16, 77)] == [30, 40]
    assert [note.velocity for note in decode(roll[:, :, :2] > 0, 16, 77)] == [77, 77]
    assert [note.velocity for note in decode(roll[:, :, :2] > 0, 16)] == [90, 90]
    roll[:20, :, VELOCITY] = 0
    assert [note.velocity for note in decode(roll, 16, 77)] == [77, 77]
    assert [note.velocity for note in decode(roll[8:], 16, 0)] == [0, 0]


def test_a_roll_of_a_model_has_no_drums():
    assert decode_drums(encode([], 16, [Note(0, 1, 38)])[:, :, :2], 16) == []


def test_nothing_encodes_to_no_steps():
    assert encode([], 16).shape == (0, 128, 4)
    assert decode(encode([], 16), 16) == decode_drums(encode([], 16), 16) == []


def test_a_saved_roll_can_be_memory_mapped(tmp_path):
    roll = encode([Note(0.0, 1.0, 60)], 16)
    encoding.save(tmp_path / "a.npy", roll)
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    assert mapped.dtype == np.uint8
    assert np.array_equal(mapped, roll)
