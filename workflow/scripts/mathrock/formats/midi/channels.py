"""Follow which program each channel of a MIDI file plays, and which channels play drums.

Channels belong to the file, not to a track: a program that one track sets holds for notes of
others. Drums are on channel 10; banks and system exclusive messages of General MIDI 2, Roland GS
and Yamaha XG put them on others as well.
"""

from mathrock.formats.midi.events import BANK, CONTROL, PROGRAM, SYSEX, Event

DRUM_CHANNEL = 9
_GM2_DRUMS, _GM2_MELODY, _XG_DRUMS = 120, 121, (126, 127)  # banks
_GS, _XG = b"\x41", b"\x43"  # who made the instrument that a message is for


class Channels:
    """The state of a file's 16 channels; events are given in the order of their ticks."""

    def __init__(self):
        self.sets_programs = False
        self._programs = [(0, 0)] * 16  # tick and program
        self._of_track = {}  # (track, channel) -> tick and program
        self._banks = [0] * 16
        self._is_gs = False
        self._reset()

    def _reset(self) -> None:
        self._drums = [channel == DRUM_CHANNEL for channel in range(16)]

    def apply(self, track: int, event: Event) -> None:
        """Apply an event that is no note."""
        if event.kind == PROGRAM:
            self.sets_programs = True
            self._programs[event.channel] = event.tick, event.first
            self._of_track[track, event.channel] = event.tick, event.first
            self._select(event.channel)
        elif event.kind == CONTROL and event.first == BANK:
            self._banks[event.channel] = event.second
        elif event.kind == SYSEX:
            self._apply_sysex(event.first)

    def program(self, track: int, channel: int) -> int:
        """Return the program of a channel; of two set on one tick, the track's own."""
        latest = self._programs[channel]
        own = self._of_track.get((track, channel), (-1, 0))
        return own[1] if own[0] >= latest[0] else latest[1]

    def is_drum(self, channel: int) -> bool:
        """Check whether a channel plays drums."""
        return self._drums[channel]

    def _select(self, channel: int) -> None:
        """Apply the bank that was selected before a program change."""
        bank = self._banks[channel]
        if bank == _GM2_DRUMS or (bank in _XG_DRUMS and not self._is_gs):
            self._drums[channel] = True
        elif bank == _GM2_MELODY or (bank and not self._is_gs and channel != DRUM_CHANNEL):
            self._drums[channel] = False

    def _apply_sysex(self, message: bytes) -> None:
        """Apply a message, without its first byte, 0xF0."""
        maker, model = message[:1], message[2:3]
        if message[:1] == b"\x7e" and message[2:3] == b"\x09":  # General MIDI on
            self._is_gs = False
            self._reset()
        elif maker == _GS and message[2:4] == b"\x42\x12" and len(message) >= 8:
            self._is_gs = True
            high, middle, low, value = message[4:8]
            if (high, middle, low) == (0x40, 0x00, 0x7F):
                self._reset()
            elif high == 0x40 and middle >> 4 == 1 and low == 0x15:
                block = middle & 0x0F  # parts 1 to 16 in the order 10, 1-9, 11-16
                channel = DRUM_CHANNEL if block == 0 else block - 1 if block <= 9 else block
                self._drums[channel] = value > 0
        elif maker == _XG and model == b"\x4c" and len(message) >= 7:
            high, middle, low, value = message[3:7]
            if (high, middle, low) == (0x00, 0x00, 0x7E):
                self._is_gs = False
                self._reset()
            elif high == 0x08 and low == 0x07 and middle < 16:
                self._drums[middle] = value > 0
