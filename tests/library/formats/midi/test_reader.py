import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.demo.songs import GENRES, compose
from mathrock.files.damage import DamagedFile
from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.reader import read_midi, read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Marker, Metre, Note, Part, Score, Tempo

TICK = 0.0006  # seconds: a tick at 120 beats a minute, rounded up


def round_trip(tmp_path, score):
    write_score(tmp_path / "a.mid", score)
    return read_score(tmp_path / "a.mid")


def one_part(*notes, **fields):
    return Score([Part("Guitar", list(notes), 27)], **fields)


def track(*messages):
    return mido.MidiTrack([*messages, mido.MetaMessage("end_of_track")])


def on(pitch, time=0, channel=0, velocity=80):
    return mido.Message("note_on", note=pitch, time=time, channel=channel, velocity=velocity)


def off(pitch, time=0, channel=0):
    return mido.Message("note_off", note=pitch, time=time, channel=channel)


def read_tracks(tmp_path, *tracks, kind=1, ticks_per_beat=480):
    midi = mido.MidiFile(type=kind, ticks_per_beat=ticks_per_beat)
    midi.tracks.extend(tracks)
    midi.save(tmp_path / "b.mid")
    return read_score(tmp_path / "b.mid")


def times(notes):
    return [(round(note.onset, 3), round(note.offset, 3)) for note in notes]


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


def test_tempo_in_another_track_holds_for_all(tmp_path):
    slow = mido.MetaMessage("set_tempo", tempo=1_000_000, time=480)
    score = read_tracks(tmp_path, track(on(60), off(60, 960)), track(slow))
    assert times(score.parts[0].notes) == [(0, 1.5)]


def test_repeated_notes_stay_apart(tmp_path):
    notes = [Note(i * 0.25, (i + 1) * 0.25, 64) for i in range(8)]
    assert_same_notes(round_trip(tmp_path, one_part(*notes)).parts[0].notes, notes)


def test_a_note_ends_where_its_pitch_is_struck_again(tmp_path):
    again = round_trip(tmp_path, one_part(Note(0.0, 2.0, 60), Note(1.0, 3.0, 60)))
    assert times(again.parts[0].notes) == [(0, 1), (1, 3)]


def test_of_two_equal_onsets_the_longer_is_kept(tmp_path):
    again = round_trip(tmp_path, one_part(Note(0.0, 2.0, 60), Note(0.0, 1.0, 60)))
    assert times(again.parts[0].notes) == [(0, 2)]


def test_equal_pitches_that_overlap_end_in_the_order_they_began(tmp_path):
    score = read_tracks(tmp_path, track(on(60), on(60, 480), off(60, 480), off(60, 480)))
    assert times(score.parts[0].notes) == [(0, 1), (0.5, 1.5)]


def test_hanging_notes_end_with_the_file(tmp_path):
    other = track(on(40), off(40, 960))
    score = read_tracks(tmp_path, track(on(60, 480)), other)
    assert times(score.parts[0].notes) == [(0.5, 1)]


def test_zero_length_notes_get_a_tick(tmp_path):
    (note,) = round_trip(tmp_path, one_part(Note(1.0, 1.0, 60))).parts[0].notes
    assert 0 < note.offset - note.onset <= TICK


def test_note_on_without_velocity_ends_a_note(tmp_path):
    score = read_tracks(tmp_path, track(on(60), on(60, 480, velocity=0)))
    assert times(score.parts[0].notes) == [(0, 0.5)]


def test_an_end_without_a_beginning_is_ignored(tmp_path):
    assert read_tracks(tmp_path, track(off(60), on(62, 10), off(62, 480))).parts[0].notes


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


def test_a_program_change_starts_a_part(tmp_path):
    change = mido.Message("program_change", program=30)
    score = read_tracks(tmp_path, track(on(60), off(60, 480), change, on(62), off(62, 480)))
    assert [(part.program, len(part.notes)) for part in score.parts] == [(0, 1), (30, 1)]


def test_a_note_held_over_a_program_change_stays_in_its_part(tmp_path):
    change = mido.Message("program_change", program=30, time=10)
    score = read_tracks(tmp_path, track(on(60), change, off(60, 470)))
    assert [(part.program, times(part.notes)) for part in score.parts] == [(0, [(0, 0.5)])]


def test_type_0_parts_are_its_channels(tmp_path):
    name = mido.MetaMessage("track_name", name="All in one")
    notes = [on(60), on(36, 0, 9), off(60, 480), off(36, 0, 9)]
    score = read_tracks(tmp_path, track(name, *notes), kind=0)
    assert [(part.is_drum, part.notes[0].pitch) for part in score.parts] == [
        (False, 60),
        (True, 36),
    ]
    assert score.title == "All in one"


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


@pytest.fixture(scope="module")
def good_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    song = compose("paper-planets")
    parts = [part._replace(notes=part.notes[:6]) for part in song.parts]
    write_score(path, Score(parts, song.tempos, song.metres, "t", (Marker(0.0, "m"),)))
    midi = mido.MidiFile(path)
    extra = [mido.MetaMessage("key_signature", key="C"), mido.MetaMessage("smpte_offset")]
    midi.tracks[0][1:1] = [*extra, mido.Message("sysex", data=[1, 2, 3])]
    midi.save(path)
    return path.read_bytes()


def assert_refused(content, reason):
    with pytest.raises(ScoreError, match=reason) as caught:
        read_midi(content)
    assert len(str(caught.value).splitlines()) == 1


def onsets_and_pitches(content):
    score, _ = read_midi(content)
    return [(note.onset, note.pitch) for part in score.parts for note in part.notes]


def test_what_the_workflow_wrote_and_is_damaged_is_named(tmp_path, good_bytes):
    path = tmp_path / "a.mid"
    for content in (b"", good_bytes[:-9], good_bytes[: len(good_bytes) // 2], bytes(500)):
        path.write_bytes(content)
        with pytest.raises(DamagedFile, match=rf"^{path} is damaged .*: delete it and run again$"):
            read_score(path)


@pytest.mark.parametrize("content", [b"\0", b"not MIDI at all", b"MThd", b"RIFF\0\0\0\4RMID" * 9])
def test_garbage_is_refused(content):
    assert_refused(content, "is damaged or not a MIDI file")


@pytest.mark.parametrize("share", [0.4, 0.7, 0.99])
def test_a_cut_file_gives_what_it_has_with_a_warning(good_bytes, share):
    whole = onsets_and_pitches(good_bytes)
    cut = good_bytes[: int(share * len(good_bytes))]
    score, warnings = read_midi(cut)
    assert warnings == ("is cut short: its end is missing",)
    assert 0 < len(onsets_and_pitches(cut)) <= len(whole)
    assert set(onsets_and_pitches(cut)) <= set(whole)
    assert score.tempos == read_midi(good_bytes)[0].tempos


def test_smpte_time_gives_seconds_and_no_beats():
    events = b"\0\x90\x40\x50\x32\x80\x40\0\0\xff\x2f\0"  # 50 ticks, 25 frames of 40: 0.05 s
    score, warnings = read_midi(midi_of(events, division=b"\xe7\x28"))
    assert times(score.parts[0].notes) == [(0, 0.05)]
    assert (score.metres, warnings) == ((), ("counts time in SMPTE frames: it has no beats",))


def test_no_ticks_a_beat_is_refused(good_bytes):
    assert_refused(good_bytes[:12] + b"\0\0" + good_bytes[14:], "no length of its ticks")


def test_type_2_is_refused(good_bytes):
    assert_refused(good_bytes[:9] + b"\2" + good_bytes[10:], "type 2")


NOTES = b"\0\x90\x40\x50\x60\x80\x40\0\0\x90\x43\x50\x60\x80\x43\0"
END = b"\0\xff\x2f\0"


def chunk(content, name=b"MTrk", length=None):
    return name + (len(content) if length is None else length).to_bytes(4, "big") + content


def midi_of(*tracks, division=b"\0\x60", kind=1):
    header = b"MThd\0\0\0\6\0" + bytes([kind]) + len(tracks).to_bytes(2, "big") + division
    return header + b"".join(track if track[:4].isalnum() else chunk(track) for track in tracks)


@pytest.mark.parametrize(
    "odd",
    [
        b"\0\xff\x59\2\x7f\0",  # a key of 127 sharps
        b"\0\xff\x59\2\0\xff",  # a mode that does not exist
        b"\0\xff\x54\5\x40\0\0\0\0",  # an hour that SMPTE does not have
        b"\0\xff\x58\2\3\2",  # a time signature of two bytes
        b"\0\xff\x58\4\0\2\x18\x08",  # of no beats
        b"\0\xff\x51\0",  # a tempo of no bytes
        b"\0\xff\x7f\3abc",
        b"\0\xff\x21\0",
        b"\0\xf4",  # undefined
        b"\0\xf1\x05",
        b"\0\xfe",
        b"\0\xf0\3\1\2\xf7",
        b"\0\xf7\1\x05",
        b"\0\x05",  # a data byte without a status
    ],
)
def test_an_event_that_nobody_needs_is_passed_over(odd):
    assert [pitch for _, pitch in onsets_and_pitches(midi_of(odd + NOTES + END))] == [64, 67]


def test_running_status_outlives_system_and_meta_events():
    events = b"\0\x90\x40\x50\0\xf0\1\xf7\x60\x40\0\0\xff\1\1a\0\x43\x50\x60\x43\0"
    assert onsets_and_pitches(midi_of(events + END)) == [(0, 64), (0.5, 67)]


@pytest.mark.parametrize(
    "content",
    [
        midi_of(chunk(NOTES + END, length=999)),
        midi_of(chunk(NOTES + END, length=3)),
        midi_of(chunk(NOTES + END, length=0xFFFFFFFF)),
        midi_of(chunk(b"XXXX", b"XFIH"), NOTES + END),
        midi_of(NOTES + END, chunk(b"abcdefgh", b"LYRC")),
        midi_of(NOTES + END) + b"\0\0\0",
        midi_of(NOTES),  # no event says that it ends
        bytes(128) + midi_of(NOTES + END),
        b"RIFF\x50\0\0\0RMIDdata\x40\0\0\0" + midi_of(NOTES + END) + b"LIST\4\0\0\0abcd",
        midi_of(NOTES + END)[:10] + b"\0\7" + midi_of(NOTES + END)[12:],  # seven tracks
        midi_of(NOTES + END)[:7] + b"\x09" + midi_of(NOTES + END)[8:],  # a longer header
    ],
)
def test_lengths_and_numbers_that_lie_lose_no_note(content):
    assert [pitch for _, pitch in onsets_and_pitches(content)] == [64, 67]


def test_a_length_too_long_does_not_swallow_the_next_track():
    content = midi_of(chunk(NOTES + END, length=40), NOTES + END)
    assert len(onsets_and_pitches(content)) == 4


def test_a_note_that_ends_on_the_tick_of_its_onset_is_short():
    hit = b"\0\x99\x24\x50\0\x89\x24\0"
    score, _ = read_midi(midi_of(hit + b"\x60\x99\x26\x50\0\x99\x26\0" + END))
    assert [(hit.pitch, hit.onset) for hit in score.drum_hits] == [(36, 0), (38, 0.5)]
    assert times(score.drum_hits)[0] == (0, 0.062)


def test_a_note_that_is_struck_again_before_it_ends_on_that_tick_stays_two():
    struck = b"\0\x90\x40\x50\x60\x90\x40\x50\0\x80\x40\0\x60\x80\x40\0"
    assert times(read_midi(midi_of(struck + END))[0].parts[0].notes) == [(0, 0.5), (0.5, 1)]


def test_a_program_in_another_track_holds_for_its_channel():
    programs = b"\0\xc0\x1d\0\xc1\x21"
    other = NOTES.replace(b"\x90", b"\x91").replace(b"\x80", b"\x81")
    score, _ = read_midi(midi_of(NOTES + END, programs + END, other + END))
    assert [part.program for part in score.parts] == [29, 33]


def test_tracks_that_share_a_channel_keep_their_own_programs():
    tracks = (b"\0\xc0" + bytes([number]) + NOTES + END for number in (5, 6, 7))
    assert [part.program for part in read_midi(midi_of(*tracks))[0].parts] == [5, 6, 7]


XG, GS = b"\0\xf0\x08\x43\x10\x4c\0\0\x7e\0\xf7", b"\0\xf0\x0a\x41\x10\x42\x12\x40\0\x7f\0\x41\xf7"


@pytest.mark.parametrize(
    ("setup", "is_drum"),
    [
        (b"", False),
        (XG + b"\0\xb0\0\x7f\0\xc0\0", True),
        (b"\0\xb0\0\x78\0\xc0\0", True),  # General MIDI 2
        (GS + b"\0\xb0\0\x7f\0\xc0\0", False),
        (GS + b"\0\xf0\x0a\x41\x10\x42\x12\x40\x11\x15\x01\x19\xf7", True),
        (XG + b"\0\xf0\x08\x43\x10\x4c\x08\0\x07\x02\xf7", True),
        (XG + b"\0\xb0\0\x7f\0\xc0\0" + XG, False),
    ],
)
def test_drums_on_other_channels(setup, is_drum):
    assert [part.is_drum for part in read_midi(midi_of(setup + NOTES + END))[0].parts] == [is_drum]


def test_a_tempo_of_0_is_passed_over_with_a_warning():
    score, warnings = read_midi(midi_of(b"\0\xff\x51\3\0\0\0" + NOTES + END))
    assert [tempo.bpm for tempo in score.tempos] == [120]
    assert warnings == ("has a tempo of 0, which is passed over",)


def test_a_wait_at_the_end_stretches_no_note():
    hanging = b"\0\x90\x40\x50\xff\xff\xff\x7f\xff\x2f\0"
    ((_, end),) = times(read_midi(midi_of(hanging))[0].parts[0].notes)
    assert end == 8


def test_more_events_than_a_song_has_are_refused():
    assert_refused(midi_of(b"\0\xc0\1\0\xc0\2" * 300_000 + END), "has more than 500000 events")
    assert_refused(midi_of(*[END] * 1001), "has more than 1000 tracks")


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=5))
def test_damaged_bytes_give_a_score_or_a_reason(tmp_path_factory, good_bytes, damages):
    damaged = bytearray(good_bytes)
    for at, value in damages:
        damaged[at % len(damaged)] = value
    try:
        score, _ = read_midi(bytes(damaged))
    except ScoreError:
        return
    write_score(tmp_path_factory.mktemp("damaged") / "b.mid", score)
