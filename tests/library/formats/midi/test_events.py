import pytest

from midi_bytes import END, NOTES, midi_of, onsets_and_pitches, pitches

ODD = {
    "key of 127 sharps": b"\xff\x59\2\x7f\0",
    "mode that does not exist": b"\xff\x59\2\0\xff",
    "key of one byte": b"\xff\x59\1\3",
    "hour that SMPTE does not have": b"\xff\x54\5\x40\0\0\0\0",
    "time signature of two bytes": b"\xff\x58\2\3\2",
    "time signature of no beats": b"\xff\x58\4\0\2\x18\x08",
    "time signature of no bytes": b"\xff\x58\0",
    "tempo of no bytes": b"\xff\x51\0",
    "tempo of one byte": b"\xff\x51\1\7",
    "tempo of four bytes": b"\xff\x51\4\7\xa1\x20\0",
    "sequence number of one byte": b"\xff\0\1\7",
    "channel prefix": b"\xff\x20\1\x0f",
    "channel prefix of no bytes": b"\xff\x20\0",
    "port of no bytes": b"\xff\x21\0",
    "port of two bytes": b"\xff\x21\2\0\0",
    "port 255": b"\xff\x21\1\xff",
    "sequencer's own": b"\xff\x7f\3abc",
    "unknown meta event": b"\xff\x6e\3abc",
    "meta event beyond 127": b"\xff\xf0\3abc",
    "name in no code": b"\xff\3\4\xff\xfe\0\x81",
    "undefined F4": b"\xf4",
    "undefined F5": b"\xf5",
    "undefined F9": b"\xf9",
    "undefined FD": b"\xfd",
    "quarter frame": b"\xf1\x05",
    "song position": b"\xf2\x05\x06",
    "song select": b"\xf3\x05",
    "tune request": b"\xf6",
    "clock": b"\xf8",
    "start": b"\xfa",
    "active sensing": b"\xfe",
    "sysex": b"\xf0\3\1\2\xf7",
    "sysex of no bytes": b"\xf0\0",
    "sysex without its end": b"\xf0\2\1\2",
    "sysex in packets": b"\xf0\2\1\2\x60\xf7\2\3\4\x60\xf7\2\5\xf7",
    "escape": b"\xf7\1\x05",
    "program": b"\xc0\5",
    "pressure": b"\xd0\5",
    "bend": b"\xe0\0\x40",
    "key pressure": b"\xa0\x40\5",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_event_that_nobody_needs_is_passed_over(odd):
    assert pitches(midi_of(b"\0" + odd + NOTES + END)) == [64, 67]
    assert pitches(midi_of(NOTES + b"\0" + odd + NOTES + END)) == [64, 67] * 2


@pytest.mark.parametrize("odd", [odd for odd in ODD.values() if odd[0] >= 0xF0])
def test_running_status_outlives_system_and_meta_events(odd):
    events = b"\0\x90\x40\x50\0" + odd + b"\x60\x40\0\0" + odd + b"\0\x43\x50\x60\x43\0"
    assert pitches(midi_of(events + END)) == [64, 67]


def test_data_bytes_without_a_status_are_passed_over():
    assert pitches(midi_of(b"\0\x05\0\x06" + NOTES + END)) == [64, 67]


@pytest.mark.parametrize("velocity", [0x80, 0xC8, 0xFF])
def test_a_velocity_beyond_127_is_the_loudest(velocity):
    events = b"\0\x90\x40" + bytes([velocity]) + b"\x60\x80\x40\xff"
    assert pitches(midi_of(events + NOTES + END)) == [64, 64, 67]


def test_a_pitch_beyond_127_loses_no_other_note():
    events = b"\0\x90\xc8\x50\x60\x80\xc8\0"
    assert pitches(midi_of(events + NOTES + END)) == [127, 64, 67]


def test_a_program_beyond_127_loses_no_note():
    assert pitches(midi_of(b"\0\xc0\xff" + NOTES + END)) == [64, 67]


def test_what_follows_the_end_of_a_track_is_no_event():
    assert pitches(midi_of(NOTES + END + NOTES + END)) == [64, 67]


def test_a_message_whose_length_lies_ends_at_its_last_byte():
    assert pitches(midi_of(b"\0\xf0\xff\x7f\1\2\xf7" + NOTES + END)) == [64, 67]


def test_an_event_that_is_cut_keeps_those_before():
    assert onsets_and_pitches(midi_of(NOTES + b"\0\x90\x40"))[:2] == [(0, 64), (0.5, 67)]
