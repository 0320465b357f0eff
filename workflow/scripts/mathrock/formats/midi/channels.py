"""Follow which program each channel of a MIDI file plays, and which channels play drums.

Channels belong to the file, not to a track: a program that one track sets holds for notes of
others. Drums are on channel 10; banks and system exclusive messages of General MIDI 2, Roland GS
and Yamaha XG put them on others as well.
"""

from mathrock.formats.midi.events import CONTROL, PROGRAM, SYSEX, SYSEX_MORE, Event

DRUM_CHANNEL = 9
_GM2_DRUMS, _GM2_MELODY, _XG_DRUMS = 120, 121, (126, 127)  # banks
_LONGEST = 256  # bytes of a system exclusive message that matters here


class Channels:
    """The state of a file's channels, 16 a port; events are given in the order of their ticks."""

    def __init__(self):
        self._programs = {}  # channel -> tick and program
        self._of_track = {}  # (track, channel) -> tick and program
        self._messages = {}  # track -> a system exclusive message, which may come in packets
        self._reset()

    def _reset(self) -> None:
        self._banks, self._drums, self._is_gs = {}, {}, False

    def apply(self, track: int, event: Event) -> None:
        """Apply an event that is no note."""
        _, kind, channel, value = event
        if kind == PROGRAM:
            self._programs[channel] = self._of_track[track, channel] = event.tick, value
            self._select(channel)
        elif kind == CONTROL:
            self._banks[channel] = value
        elif kind in (SYSEX, SYSEX_MORE):
            is_more = kind == SYSEX_MORE and not value.startswith(b"\xf0")
            begun = self._messages.get(track, b"") if is_more else b""
            message = (begun + value.removeprefix(b"\xf0"))[:_LONGEST]
            self._messages[track] = message
            self._apply_message(channel, message.removesuffix(b"\xf7"))

    def program(self, track: int, channel: int) -> int:
        """Return the program of a channel; of two set on one tick, the track's own."""
        latest = self._programs.get(channel, (0, 0))
        own = self._of_track.get((track, channel), (-1, 0))
        return own[1] if own[0] >= latest[0] else latest[1]

    def is_drum(self, channel: int) -> bool:
        """Check whether a channel plays drums."""
        return self._drums.get(channel, channel % 16 == DRUM_CHANNEL)

    def _select(self, channel: int) -> None:
        """Apply the bank that was selected before a program change."""
        bank = self._banks.get(channel)
        if bank == _GM2_DRUMS or (bank in _XG_DRUMS and not self._is_gs):
            self._drums[channel] = True
        elif bank == _GM2_MELODY or (
            bank is not None and not self._is_gs and channel % 16 != DRUM_CHANNEL
        ):
            self._drums[channel] = False

    def _apply_message(self, port: int, message: bytes) -> None:
        """Apply a system exclusive message, without its first and its last byte."""
        if message[:1] == b"\x7e" and message[2:3] == b"\x09":  # General MIDI on, or off
            self._reset()
        elif message[:1] == b"\x41" and message[2:4] == b"\x42\x12":  # Roland GS
            address, values = message[4:7], message[7:-1] or message[7:]  # without the checksum
            if address in (b"\x40\0\x7f", b"\0\0\x7f"):
                self._reset()
            elif len(address) == 3 and address[0] == 0x40 and address[1] >> 4 == 1:
                block = address[1] & 0x0F  # parts 1 to 16 in the order 10, 1-9, 11-16
                channel = DRUM_CHANNEL if block == 0 else block - 1 if block <= 9 else block
                self._set_kind(port + channel, values, 0x15 - address[2])
            self._is_gs = True
        elif message[:1] == b"\x43" and message[2:3] == b"\x4c":  # Yamaha XG
            address, values = message[3:6], message[6:]
            if address == b"\0\0\x7e":
                self._reset()
            elif len(address) == 3 and address[0] == 0x08 and address[1] < 16:
                self._set_kind(port + address[1], values, 0x07 - address[2])

    def _set_kind(self, channel: int, values: bytes, place: int) -> None:
        """Make a channel melodic (0) or drums, if the value is among those that are set at once."""
        if 0 <= place < len(values):
            self._drums[channel] = values[place] > 0
