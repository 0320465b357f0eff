import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.demo.songs import GENRES, compose
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Marker, Metre, Note, Part, Score, Tempo
from midi_bytes import times

TICK = 0.0006  # seconds: a tick at 120 beats a minute, rounded up


def round_trip(tmp_path, score):
    write_score(tmp_path / "a.mid", score)
    return read_score(tmp_path / "a.mid")


def one_part(*notes, **fields):
    return Score([Part("Guitar", list(notes), 27)], **fields)


def assert_same_notes(notes, expected, tolerance=TICK):
    notes, expected = (sorted(side, key=lambda n: (n.pitch, n.onset)) for side in (notes, expected))
    assert [note[2:] for note in notes] == [note[2:] for note in expected]
    for note, other in zip(notes, expected, strict=True):
        assert note[:2] == pytest.approx(other[:2], abs=tolerance)


@pytest.mark.parametrize("piece", GENRES)
def test_composed_songs_come_back_within_a_tick(tmp_path, piece):
    song = compose(piece)
    again = round_trip(tmp_path, song)
    assert [part._replace(notes=[]) for part in again.parts] == [
        part._replace(notes=[]) for part in song.parts
    ]
    for part, original in zip(again.parts, song.parts, strict=True):
        assert_same_notes(part.notes, original.notes)
    assert again.title == song.title
    assert [(m.numerator, m.denominator) for m in again.metres] == [
        (m.numerator, m.denominator) for m in song.metres
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 127), st.floats(0, 3), st.floats(0.002, 2), st.integers(1, 127)),
        max_size=30,
    )
)
def test_notes_that_do_not_collide_come_back(tmp_path_factory, wanted):
    ends, notes = {}, []
    for pitch, gap, length, velocity in wanted:
        onset = ends.get(pitch, 0) + gap
        notes.append(Note(onset, onset + length, pitch, velocity))
        ends[pitch] = onset + length + 0.002
    again = round_trip(tmp_path_factory.mktemp("midi"), one_part(*notes))
    assert_same_notes(again.parts[0].notes if notes else [], notes)


def test_tempo_changes_are_honoured_both_ways(tmp_path):
    tempos = (Tempo(0.0, 100.0), Tempo(1.3, 171.0), Tempo(2.9, 60.0))
    notes = [Note(i * 0.2, i * 0.2 + 0.15, 40 + i) for i in range(25)]
    again = round_trip(tmp_path, one_part(*notes, tempos=tempos))
    assert_same_notes(again.parts[0].notes, notes, 0.001)
    for tempo, wanted in zip(again.tempos, tempos, strict=True):
        assert tempo.time == pytest.approx(wanted.time, abs=TICK)
        assert tempo.bpm == pytest.approx(wanted.bpm, rel=1e-5)


def test_many_tempo_changes_do_not_add_up_to_an_error(tmp_path):
    tempos = tuple(Tempo(i * 0.7303, 100.0 + 140 * (i % 2) + i % 7) for i in range(400))
    notes = [Note(i * 0.31, i * 0.31 + 0.2, 60 + i % 12) for i in range(900)]
    again = round_trip(tmp_path, one_part(*notes, tempos=tempos))
    assert_same_notes(again.parts[0].notes, notes)


def test_an_hour_of_music_stays_in_time(tmp_path):
    notes = [Note(i * 60, i * 60 + 0.2, 60) for i in range(60)]
    again = round_trip(tmp_path, one_part(*notes, tempos=(Tempo(0.0, 133.0),)))
    assert_same_notes(again.parts[0].notes, notes)


def test_a_tempo_too_slow_for_midi_moves_no_note(tmp_path):
    notes = [Note(1.0, 2.0, 60), Note(30.0, 31.0, 62)]
    again = round_trip(tmp_path, one_part(*notes, tempos=(Tempo(0.0, 2.0),)))
    assert_same_notes(again.parts[0].notes, notes, 0.01)  # a tick is long at that tempo


def test_changes_of_tempo_within_a_tick_stay_in_order(tmp_path):
    tempos = tuple(Tempo(0.3 + i * 1e-5, 60_000_000.0 if i else 40.0) for i in range(4))
    notes = [Note(0.1 * i, 0.1 * i + 0.05, 60) for i in range(6)]
    again = round_trip(tmp_path, one_part(*notes, tempos=(Tempo(0.0, 95.0), *tempos)))
    assert_same_notes(again.parts[0].notes, notes, 0.05)


def test_repeated_notes_stay_apart(tmp_path):
    notes = [Note(i * 0.25, (i + 1) * 0.25, 64) for i in range(8)]
    assert_same_notes(round_trip(tmp_path, one_part(*notes)).parts[0].notes, notes)


def test_a_note_ends_where_its_pitch_is_struck_again(tmp_path):
    again = round_trip(tmp_path, one_part(Note(0.0, 2.0, 60), Note(1.0, 3.0, 60)))
    assert times(again.parts[0].notes) == [(0, 1), (1, 3)]


def test_of_two_equal_onsets_the_longer_is_kept(tmp_path):
    again = round_trip(tmp_path, one_part(Note(0.0, 2.0, 60), Note(0.0, 1.0, 60)))
    assert times(again.parts[0].notes) == [(0, 2)]


def test_zero_length_notes_get_a_tick(tmp_path):
    (note,) = round_trip(tmp_path, one_part(Note(1.0, 1.0, 60))).parts[0].notes
    assert 0 < note.offset - note.onset <= TICK


def test_drums_are_on_channel_10(tmp_path):
    drums = Part("Drums", [Note(0.0, 0.1, 36)], is_drum=True)
    again = round_trip(tmp_path, Score([Part("Bass", [Note(0.0, 1.0, 40)], 33), drums]))
    messages = list(mido.MidiFile(tmp_path / "a.mid"))
    assert {m.channel for m in messages if m.type == "note_on" and m.note == 36} == {9}
    assert [part.is_drum for part in again.parts] == [False, True]
    assert [note.pitch for note in again.pitched_notes] == [40]
    assert [hit.pitch for hit in again.drum_hits] == [36]


def test_fifteen_pitched_parts_avoid_the_drum_channel(tmp_path):
    parts = [Part(f"{i}", [Note(0.0, 1.0, 40 + i)], i) for i in range(15)]
    drums = Part("Drums", [Note(0.0, 1.0, 36)], is_drum=True)
    assert round_trip(tmp_path, Score([*parts, drums])).parts == [*parts, drums]


def test_more_pitched_parts_than_channels_are_merged_by_program(tmp_path):
    parts = [Part(f"{i}", [Note(i, i + 1.0, 60)], i % 9) for i in range(40)]
    drums = Part("Drums", [Note(0.0, 1.0, 36)], is_drum=True)
    again = round_trip(tmp_path, Score([*parts, drums]))
    assert [part.program for part in again.parts] == [*range(9), 0]
    assert len(again.pitched_notes) == 40


def test_parts_without_notes_are_left_out(tmp_path):
    assert round_trip(tmp_path, Score([Part("Nobody", [])])).parts == []


def test_an_empty_score_comes_back(tmp_path):
    again = round_trip(tmp_path, Score([]))
    assert (again.parts, again.pitched_notes) == ([], [])
    assert [tempo.bpm for tempo in again.tempos] == [120]


def test_a_metre_that_changes_with_the_tempo_stands_on_its_tick(tmp_path):
    tempos = tuple(Tempo(i * 0.7303, 60.0 + 180 * (i % 2)) for i in range(50))
    metres = tuple(Metre(time, 3 + i, 8) for i, (time, _) in enumerate(tempos))
    again = round_trip(tmp_path, Score([], tempos, metres))
    assert [metre.time for metre in again.metres] == [tempo.time for tempo in again.tempos]


def test_metres_come_back(tmp_path):
    metres = (Metre(0.0, 7, 8), Metre(2.0, 11, 16))
    assert round_trip(tmp_path, Score([], metres=metres)).metres == metres


def test_texts_in_any_script_can_be_written(tmp_path):
    markers = (Marker(0.5, "пауза"), Marker(1.0, "café"))
    part = Part("ギター", [Note(0.0, 1.0, 60)])
    again = round_trip(tmp_path, Score([part], title="数学ロック", markers=markers))
    assert len(again.parts[0].notes) == 1
    texts = [m.text for m in mido.MidiFile(tmp_path / "a.mid").tracks[0] if m.type == "marker"]
    assert texts == ["?????", "café"]


def test_markers_are_at_their_times(tmp_path):
    write_score(tmp_path / "a.mid", Score([], markers=(Marker(0.5, "new"),)))
    midi = mido.MidiFile(tmp_path / "a.mid")
    passed = 0
    for message in midi.tracks[0]:
        passed += message.time
        if message.type == "marker":
            break
    assert mido.tick2second(passed, midi.ticks_per_beat, 500_000) == pytest.approx(0.5, abs=TICK)


def test_writing_twice_gives_the_same_bytes(tmp_path):
    for name in ("a.mid", "b.mid"):
        write_score(tmp_path / name, compose("seven-lanterns"))
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
