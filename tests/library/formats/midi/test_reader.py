import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.demo.songs import compose
from mathrock.files.damage import DamagedFile
from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.reader import read_midi, read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Marker, Score
from midi_bytes import END, NOTES, midi_of, onsets_and_pitches, pitches, times


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


def test_tempo_in_another_track_holds_for_all(tmp_path):
    slow = mido.MetaMessage("set_tempo", tempo=1_000_000, time=480)
    score = read_tracks(tmp_path, track(on(60), off(60, 960)), track(slow))
    assert times(score.parts[0].notes) == [(0, 1.5)]


def test_equal_pitches_that_overlap_end_in_the_order_they_began(tmp_path):
    score = read_tracks(tmp_path, track(on(60), on(60, 480), off(60, 480), off(60, 480)))
    assert times(score.parts[0].notes) == [(0, 1), (0.5, 1.5)]


def test_hanging_notes_end_with_the_file(tmp_path):
    other = track(on(40), off(40, 960))
    score = read_tracks(tmp_path, track(on(60, 480)), other)
    assert times(score.parts[0].notes) == [(0.5, 1)]


def test_note_on_without_velocity_ends_a_note(tmp_path):
    score = read_tracks(tmp_path, track(on(60), on(60, 480, velocity=0)))
    assert times(score.parts[0].notes) == [(0, 0.5)]


def test_an_end_without_a_beginning_is_ignored(tmp_path):
    assert read_tracks(tmp_path, track(off(60), on(62, 10), off(62, 480))).parts[0].notes


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


def test_what_the_workflow_wrote_and_is_damaged_is_named(tmp_path, good_bytes):
    path = tmp_path / "a.mid"
    for content in (b"", good_bytes[:-9], good_bytes[: len(good_bytes) // 2], bytes(500)):
        path.write_bytes(content)
        with pytest.raises(DamagedFile, match=rf"^{path} is damaged .*: delete it and run again$"):
            read_score(path)


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


def test_a_note_that_ends_on_the_tick_of_its_onset_is_short():
    hit = b"\0\x99\x24\x50\0\x89\x24\0"
    score, _ = read_midi(midi_of(hit + b"\x60\x99\x26\x50\0\x99\x26\0" + END))
    assert [(hit.pitch, hit.onset) for hit in score.drum_hits] == [(36, 0), (38, 0.5)]
    assert times(score.drum_hits)[0] == (0, 0.062)


def test_a_note_that_is_struck_again_before_it_ends_on_that_tick_stays_two():
    struck = b"\0\x90\x40\x50\x60\x90\x40\x50\0\x80\x40\0\x60\x80\x40\0"
    assert times(read_midi(midi_of(struck + END))[0].parts[0].notes) == [(0, 0.5), (0.5, 1)]


def test_a_tempo_of_0_is_passed_over_with_a_warning():
    score, warnings = read_midi(midi_of(b"\0\xff\x51\3\0\0\0" + NOTES + END))
    assert [tempo.bpm for tempo in score.tempos] == [120]
    assert warnings == ("has a tempo of 0, which is passed over",)


def test_a_note_without_an_end_is_no_drone():
    score, _ = read_midi(midi_of(b"\0\x90\x30\x50" + NOTES * 100 + END))
    assert times(score.pitched_notes[:1]) == [(0, 8)]


def test_a_wait_at_the_end_stretches_no_note():
    hanging = b"\0\x90\x40\x50\xff\xff\xff\x7f\xff\x2f\0"
    ((_, end),) = times(read_midi(midi_of(hanging))[0].parts[0].notes)
    assert end == 8


def test_more_events_than_a_song_has_are_refused():
    assert_refused(midi_of(b"\0\xc0\1\0\xc0\2" * 300_000 + END), "has more than 500000 events")
    assert_refused(midi_of(NOTES * 130_000 + END), "500000 events")
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


@pytest.mark.parametrize("kind", [0, 2])
def test_a_file_whose_notes_are_in_one_track_has_one_time_line(kind):
    assert pitches(midi_of(END, NOTES + END, END, kind=kind)) == [64, 67]


def test_type_0_with_several_tracks_is_read_as_type_1():
    assert len(pitches(midi_of(NOTES + END, NOTES + END, kind=0))) == 4


@pytest.mark.parametrize(
    ("division", "seconds"),
    [
        (b"\xe8\x04", 1.0),  # 24 frames of 4 ticks: 96 a second
        (b"\xe7\x28", 0.096),  # 25 of 40
        (b"\xe3\x64", 0.96 / 30 * 1.001),  # 29.97 of 100
        (b"\xe2\x50", 0.04),  # 30 of 80
        (b"\xff\0", 96.0),  # no ticks
        (b"\x80\x01", 0.75),  # 128 frames
        (b"\0\x01", 48.0),
        (b"\x7f\xff", 48 / 32767),
    ],
)
def test_any_division_gives_seconds(division, seconds):
    assert onsets_and_pitches(midi_of(NOTES + END, division=division))[1][0] == pytest.approx(
        seconds
    )


@pytest.mark.parametrize(
    ("tempo", "seconds"), [(b"\0\0\0", 0.5), (b"\0\0\1", 1e-6), (b"\xff\xff\xff", 16.777215)]
)
def test_any_tempo_gives_seconds(tempo, seconds):
    file = midi_of(b"\0\xff\x51\3" + tempo + NOTES + END)
    assert onsets_and_pitches(file)[1][0] == pytest.approx(seconds)


def test_of_two_tempos_at_once_the_last_holds():
    tempos = b"\0\xff\x51\3\7\xa1\x20\0\xff\x51\3\x0f\x42\x40"
    assert onsets_and_pitches(midi_of(tempos + NOTES + END))[1][0] == pytest.approx(1)


def test_thousands_of_tempos_are_honoured():
    slower = b"".join(b"\1\xff\x51\3\x0f" + n.to_bytes(2) for n in range(10_000))
    begun = b"\0\x90\x40\x50" + slower + b"\0\x80\x40\0" + END
    ((_, end),) = times(read_midi(midi_of(begun))[0].parts[0].notes)
    assert end == pytest.approx(10_000 * 0.988 / 96, rel=0.01)
    assert_refused(midi_of(slower * 3 + END), "has more than 20000 changes")


@pytest.mark.parametrize("metre", [b"\xff\2", b"\4\xff", b"\0\2", b"\4\7"])
def test_a_metre_that_no_music_has_is_passed_over(metre):
    file = midi_of(b"\0\xff\x58\4" + metre + b"\x18\x08" + NOTES + END)
    assert [tuple(metre) for metre in read_midi(file)[0].metres] == [(0, 4, 4)]


ENDLESS = b"\xff\xff\xff\x7f"


@pytest.mark.parametrize("delta", [ENDLESS, b"\x84\x80\x80\x80\0", b"\xff" * 40 + b"\x7f"])
def test_an_endless_delta_makes_a_long_song_or_none(delta):
    before, within = delta + NOTES[1:], NOTES[:4] + delta + NOTES[5:]
    for events in (before, within):
        assert read_midi(midi_of(events + END))[0].duration > 100_000
    assert read_midi(midi_of(NOTES + delta + END[1:]))[0].duration == 1
    tempo = delta + b"\xff\x51\3\x0f\x42\x40"
    assert read_midi(midi_of(NOTES + tempo + END))[0].duration == 1


def test_what_was_read_with_a_late_change_can_be_written_and_read(tmp_path):
    change = b"\x84\x80\x80\x80\0\xff\x51\3\x0f\x42\x40"
    score, _ = read_midi(midi_of(b"\0\xc0\0" + NOTES + change + END))
    write_score(tmp_path / "a.mid", score)
    assert times(read_score(tmp_path / "a.mid").parts[0].notes) == [(0, 0.5), (0.5, 1)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (b"\0\x90\x40\x50\0\x80\x40\0", [(0, 0.062)]),
        (b"\0\x80\x40\0\0\x90\x40\x50\x60\x80\x40\0", [(0, 0.5)]),
        (b"\0\x90\x40\x50\0\x90\x40\x50\0\x80\x40\0\0\x80\x40\0", [(0, 0.062)] * 2),
        (b"\0\x90\x40\x50\0\x90\x40\x50\0\x80\x40\0\x60\x80\x40\0", [(0, 0.062), (0, 0.5)]),
        (b"\0\x90\x40\x50\0\x90\x40\0\x60\x90\x40\x50\0\x40\0", [(0, 0.062), (0.5, 0.562)]),
        (b"\0\x90\x40\0\x60\x80\x40\0\0\x90\x40\x50\x60\x80\x40\0", [(0.5, 1)]),
    ],
)
def test_notes_that_begin_and_end_on_a_tick(events, expected):
    assert times(read_midi(midi_of(events + END))[0].parts[0].notes) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Pé".encode(), "Pé"), (b"Caf\xe9", "Café"), (b"a\0\nb ", "a b"), (b"x" * 999, "x" * 100)],
)
def test_names_are_short_texts(name, expected):
    length = bytes([0x80 | len(name) >> 7, len(name) & 0x7F])
    assert read_midi(midi_of(b"\0\xff\3" + length + name + NOTES + END))[0].title == expected


def test_a_karaoke_file_is_a_song():
    words = b"\0\xff\3\5Words\0\xff\1\6@KMIDI" + b"\x10\xff\1\3la " * 20
    assert pitches(midi_of(END, words + END, NOTES + END)) == [64, 67]
