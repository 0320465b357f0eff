import pytest

from mathrock.formats.midi.reader import read_midi
from midi_bytes import END, NOTES, midi_of, on_channel, sysex

XG, GS = sysex(b"\x43\x10\x4c\0\0\x7e\0\xf7"), sysex(b"\x41\x10\x42\x12\x40\0\x7f\0\x41\xf7")
GM = sysex(b"\x7e\x7f\x09\1\xf7")
GS_DRUMS = b"\x41\x10\x42\x12\x40\x11\x15\1\x19\xf7"  # part 2, which is channel 1
XG_DRUMS = b"\x43\x10\x4c\x08\0\7\2\xf7"
BANK_127 = b"\0\xb0\0\x7f\0\xc0\0"


def programs(*tracks):
    return [part.program for part in read_midi(midi_of(*tracks))[0].parts]


def are_drums(*tracks):
    return [part.is_drum for part in read_midi(midi_of(*tracks))[0].parts]


def test_a_program_in_another_track_holds_for_its_channel():
    setup = b"\0\xc0\x1d\0\xc1\x21"
    other = on_channel(1)
    assert programs(NOTES + END, setup + END, other + END) == [29, 33]


def test_tracks_that_share_a_channel_keep_their_own_programs():
    tracks = (b"\0\xc0" + bytes([number]) + NOTES + END for number in (5, 6, 7))
    assert programs(*tracks) == [5, 6, 7]


@pytest.mark.parametrize(
    ("setup", "is_drum"),
    [
        (b"", False),
        (BANK_127, True),
        (XG + BANK_127, True),
        (XG + BANK_127 + b"\0\xb0\0\0\0\xc0\0", False),  # back to a melodic bank
        (b"\0\xb0\0\x78\0\xc0\0", True),  # General MIDI 2
        (b"\0\xb0\0\x78\0\xc0\0\0\xb0\0\x79\0\xc0\0", False),
        (GS + BANK_127, False),
        (GS + GM + BANK_127, True),
        (GS + sysex(GS_DRUMS), True),
        (sysex(GS_DRUMS), True),  # without a reset
        (sysex(GS_DRUMS[:-1]), True),  # without its last byte
        (sysex(GS_DRUMS[:5]) + sysex(GS_DRUMS[5:], 0xF7), True),  # in packets
        (sysex(GS_DRUMS[:2]) + sysex(GS_DRUMS[2:7], 0xF7) + sysex(GS_DRUMS[7:], 0xF7), True),
        (sysex(b"\xf0" + GS_DRUMS, 0xF7), True),  # in one packet with its first byte
        (sysex(b"\x41\x10\x42\x12\x40\x11\x13\0\1\1\x19\xf7"), True),  # three values at once
        (sysex(b"\x41\x10\x42\x12\x40\x11\x14\1\x19\xf7"), False),  # the value before
        (sysex(b"\x41\x10\x42\x12\x40\x12\x15\1\x19\xf7"), False),  # channel 2
        (sysex(GS_DRUMS) + GS, False),
        (sysex(GS_DRUMS) + GM, False),
        (XG + sysex(XG_DRUMS), True),
        (sysex(XG_DRUMS) + b"\0\xc0\0", True),
        (sysex(b"\x43\x10\x4c\x08\0\5\0\0\2\xf7"), True),
        (XG + BANK_127 + XG, False),
        (sysex(b"\x41\x10\x42\x12") + sysex(b"\x43"), False),  # cut
    ],
)
def test_drums_on_other_channels(setup, is_drum):
    assert are_drums(setup + NOTES + END) == [is_drum]


def test_channel_10_plays_drums_whatever_its_program_and_bank():
    kits = (b"\0\xc9\x19", b"\0\xb9\0\0\0\xc9\0", b"\0\xb9\0\1\0\xc9\x30")
    assert are_drums(*(kit + on_channel(9) + END for kit in kits)) == [True] * 3


@pytest.mark.parametrize(
    "setup",
    [
        GS + sysex(b"\x41\x10\x42\x12\x40\x10\x15\0\x1b\xf7"),
        XG + sysex(b"\x43\x10\x4c\x08\x09\7\0\xf7"),
        b"\0\xb9\0\x79\0\xc9\0",
    ],
)
def test_channel_10_can_be_made_melodic(setup):
    assert are_drums(setup + on_channel(9) + END) == [False]


def test_a_program_change_in_another_track_holds_from_its_tick():
    later = b"\0\xc0\5\x30\xc0\7"  # within the first note
    assert programs(NOTES + END, later + END) == [5, 7]


def test_ports_have_channels_of_their_own():
    ports = [b"\0\xff\x21\1" + bytes([port]) for port in range(2)]
    first = ports[0] + b"\0\xc0\5" + NOTES + END
    second = ports[1] + b"\1\xc0\x1e" + BANK_127 + NOTES + END
    score, _ = read_midi(midi_of(first, second, ports[1] + on_channel(9) + END))
    assert [(part.program, part.is_drum) for part in score.parts] == [
        (5, False),
        (0, True),
        (0, True),
    ]
