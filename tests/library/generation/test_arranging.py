import numpy as np
import pytest

from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.generation.arranging import arrange
from mathrock.music.score import Marker, Note
from mathrock.pianoroll import encoding

PARTS = [
    {"name": "Bass", "program": 33, "lowest_pitch": 0, "highest_pitch": 45},
    {"name": "Guitar", "program": 27, "lowest_pitch": 46, "highest_pitch": 120},
]
RATE = 16


def score_of(roll, snippet_steps=0, keep=False, **knobs):
    made = {"steps_per_second": RATE, "snippet_steps": snippet_steps, "song": "paper-planets-1"}
    made["bars"] = []
    made["made"] = {"settings": {"keep_snippet": keep}}
    usual = {"tempo": 120, "metre": "4/4", "velocity": 80, "beat_accent": 10, "bar_accent": 20}
    return arrange(roll, made, "first-light", **{**usual, "parts": PARTS, **knobs})


def roll_of(*notes, drum_hits=()):
    """A take's roll: of notes whose velocity is 0 it tells none."""
    return encoding.encode(notes, RATE, drum_hits)


def velocities(onsets, **knobs):
    roll = roll_of(*(Note(onset, onset + 0.05, 60, 0) for onset in onsets))
    return [note.velocity for note in score_of(roll, **knobs).parts[1].notes]


def test_pitches_go_to_the_part_that_plays_them():
    score = score_of(roll_of(Note(0, 1, 40), Note(0, 1, 45), Note(0, 1, 46), Note(0, 1, 120)))
    assert [(part.name, part.program) for part in score.parts] == [("Bass", 33), ("Guitar", 27)]
    assert [[note.pitch for note in part.notes] for part in score.parts] == [[40, 45], [46, 120]]


def test_a_pitch_that_nobody_plays_is_left_out():
    assert score_of(roll_of(Note(0, 1, 121))).pitched_notes == []


def test_onsets_on_a_bar_and_a_beat_are_accented():
    assert velocities([0, 0.25, 0.5, 1.5, 2.0]) == [100, 80, 90, 90, 100]


def test_the_metre_says_where_a_bar_begins():
    onsets = [i * 0.25 for i in range(8)]  # eighths at 120 quarters a minute
    assert velocities(onsets, metre="7/8") == [100, *[90] * 6, 100]


def test_an_onset_within_half_a_step_of_a_beat_is_on_it():
    # At 100 quarters a minute a beat is 9.6 steps: the nearest steps are 10, 19, 29 and 38.
    assert velocities([10 / 16, 19 / 16, 29 / 16, 38 / 16, 9 / 16], tempo=100) == [
        *(80, 90, 90, 90, 100)
    ]


def test_no_velocity_is_above_127():
    assert velocities([0], velocity=120, bar_accent=126) == [127]


def test_velocities_that_are_there_are_kept():
    roll = roll_of(Note(0, 0.5, 60, 33), Note(0.5, 1, 60, 0), Note(1, 1.5, 60, 127))
    assert [note.velocity for note in score_of(roll).pitched_notes] == [33, 90, 127]


def test_a_roll_without_velocities_is_accented():
    roll = roll_of(Note(0, 0.5, 60, 33))[:, :, :2] > 0
    assert [note.velocity for note in score_of(roll).pitched_notes] == [100]


def test_tempo_and_metre_are_in_the_score_and_move_no_note():
    score = score_of(roll_of(Note(0.5, 1.0, 60)), tempo=93, metre="11/16")
    assert (score.tempos[0].bpm, score.metres[0][1:]) == (93, (11, 16))
    assert score.pitched_notes[0][:2] == (0.5, 1.0)
    assert score.title == "first-light"


def test_the_snippet_is_left_out():
    roll = roll_of(Note(0, 1, 60), Note(1, 2, 62))
    score = score_of(roll, snippet_steps=16)
    assert [note[:3] for note in score.pitched_notes] == [(0, 1, 62)]
    assert score.markers == ()


def test_a_kept_snippet_is_marked_apart():
    roll = roll_of(Note(0, 1, 60), Note(1, 2, 62))
    score = score_of(roll, snippet_steps=16, keep=True)
    assert [note.pitch for note in score.pitched_notes] == [60, 62]
    assert score.markers == (Marker(0.0, "snippet of paper-planets-1"), Marker(1.0, "new"))


def test_a_kept_snippet_has_its_drums():
    hits = [Note(0, 0.1, 36, 110), Note(0.5, 0.6, 38, 70)]
    roll = roll_of(Note(0, 2, 60), drum_hits=hits)
    drums = score_of(roll, snippet_steps=16, keep=True).parts[-1]
    assert (drums.name, drums.is_drum) == ("Drums", True)
    assert [(note.onset, note.pitch, note.velocity) for note in drums.notes] == [
        (0, 36, 110),
        (0.5, 38, 70),
    ]
    for score in (score_of(roll, 16), score_of(roll_of(Note(0, 2, 60)), 16, keep=True)):
        assert [part.name for part in score.parts] == ["Bass", "Guitar"]


def test_a_note_held_over_from_the_snippet_begins_with_the_track():
    score = score_of(roll_of(Note(0, 2, 60, 33)), snippet_steps=16)
    assert score.pitched_notes == [(0, 1, 60, 100)]


@pytest.mark.parametrize("keep", [False, True])
def test_no_note_is_without_length_or_without_an_end(tmp_path, keep):
    rng = np.random.default_rng(4)
    roll = np.zeros((200, 128, 2), np.bool_)
    roll[:, 30:90, encoding.ONSET] = rng.random((200, 60)) < 0.03
    roll[:, :, encoding.SOUNDING] = roll[:, :, encoding.ONSET]
    roll[1:, :, encoding.SOUNDING] |= roll[:-1, :, encoding.ONSET]
    score = score_of(roll, 32, keep)
    write_score(tmp_path / "a.mid", score)
    again = read_score(tmp_path / "a.mid").pitched_notes
    assert len(again) == len(score.pitched_notes) > 100
    length = (200 if keep else 168) / RATE
    for note in again:
        assert note.offset - note.onset == pytest.approx(
            round((note.offset - note.onset) * 16) / 16
        )
        assert note.offset - note.onset >= 1 / RATE - 0.001
        assert note.offset <= length + 0.001


def test_arranging_twice_gives_the_same():
    roll = roll_of(*(Note(i / 4, i / 4 + 0.2, 40 + i) for i in range(20)))
    assert score_of(roll) == score_of(roll)


def test_an_empty_take_is_an_empty_score():
    assert score_of(np.zeros((32, 128, 2), np.bool_)).pitched_notes == []


BARS = [[0, 0, 7, 8], [42, 1.75, 7, 8], [84, 3.5, 6, 8], [120, 5, 6, 8]]


def score_on_beats(*spans, snippet_steps=0, keep=False, bars=BARS, velocity=0, hits=()):
    """Notes at steps of a grid of 12 a quarter note, at 120 quarter notes a minute."""
    made = {"steps_per_second": 24, "snippet_steps": snippet_steps, "song": "a", "bars": bars}
    made["made"] = {"settings": {"keep_snippet": keep}}
    notes = [Note(begin, end, 60, velocity) for begin, end in spans]
    roll = encoding.encode(notes, 1, [Note(step, step, 36, 99) for step in hits])
    usual = {"tempo": 93, "metre": "4/4", "velocity": 80, "beat_accent": 10, "bar_accent": 20}
    return arrange(roll, made, "x", **usual, parts=PARTS)


def test_a_take_with_bars_has_its_own_ruler():
    score = score_on_beats((0, 6), (42, 120))
    assert [tuple(tempo) for tempo in score.tempos] == [(0.0, 120.0)]
    assert [tuple(metre) for metre in score.metres] == [(0.0, 7, 8), (3.5, 6, 8)]
    assert [note[:2] for note in score.pitched_notes] == [(0, 0.25), (1.75, 5)]


def test_accents_are_on_the_takes_own_bars_and_beats():
    # 7/8 is counted in eighths, 6/8 in dotted quarters.
    spans = [(step, step + 1) for step in (0, 3, 6, 42, 43, 84, 90, 102)]
    notes = score_on_beats(*spans).parts[1].notes
    assert [note.velocity for note in notes] == [100, 80, 90, 100, 80, 100, 80, 90]


def test_without_its_snippet_a_take_begins_with_a_bar():
    score = score_on_beats((0, 30), (42, 48), (84, 90), snippet_steps=42)
    assert [note[:2] for note in score.pitched_notes] == [(0, 0.25), (1.75, 2)]
    assert [tuple(metre) for metre in score.metres] == [(0.0, 7, 8), (1.75, 6, 8)]
    assert {note.velocity for note in score.parts[1].notes} == {100}


def test_a_kept_snippet_is_marked_by_the_takes_own_time():
    bars = [[0, 0, 4, 4], [48, 4, 4, 4], [96, 6, 4, 4]]
    score = score_on_beats((48, 60), snippet_steps=48, keep=True, bars=bars)
    assert [marker.time for marker in score.markers] == [0, 4]
    assert score.pitched_notes[0].onset == 4
    assert [tuple(tempo) for tempo in score.tempos] == [(0, 60), (4, 120)]


def test_a_kept_snippet_is_played_as_its_song_is_on_the_takes_own_time():
    bars = [[0, 0, 4, 4], [48, 4, 4, 4], [96, 6, 4, 4]]
    of_song = {"snippet_steps": 48, "keep": True, "bars": bars, "velocity": 33, "hits": (12, 36)}
    score = score_on_beats((0, 12), (24, 36), **of_song)
    assert [note.velocity for note in score.pitched_notes] == [33, 33]
    assert [(note.onset, note.velocity) for note in score.drum_hits] == [(1, 99), (3, 99)]
    assert score.parts[-1].name == "Drums"
