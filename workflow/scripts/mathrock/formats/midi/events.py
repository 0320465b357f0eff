"""Decode the events of a MIDI track, as players do: what makes no sense is passed over.

Running status outlives system exclusive and meta events, undefined status bytes are skipped, and a
meta event is read only if it is of use here. mido, and readers as strict as mido, refuse the whole
file for an odd key signature that nobody needs.
"""

from typing import NamedTuple

from mathrock.files.limits import MAX_EVENTS
from mathrock.formats.errors import ScoreError

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, SYSEX, META = 0x80, 0x90, 0xB0, 0xC0, 0xF0, 0xFF
NAME, END, TEMPO, METRE = 0x03, 0x2F, 0x51, 0x58  # meta events
BANK = 0  # the control change that selects a bank of instruments
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # of those that have no place in a file


class Event(NamedTuple):
    """An event at a tick, counted from the track's start.

    `kind` is one of the constants above; the channel is 0-15; `first` and `second` are the data
    bytes, or, of a meta event, its number and its bytes, or the bytes of a system exclusive.
    """

    tick: int
    kind: int
    channel: int
    first: int | bytes
    second: int | bytes = 0


def read_events(data: bytes, start: int, end: int) -> tuple[list[Event], int, bool]:
    """Decode the events of `data[start:end]` that are of use here.

    Returns:
        The events; the tick at which the track ends; and whether it ends as it should, by an event
        that says so.

    Raises:
        ScoreError: there are more than `MAX_EVENTS`.
    """
    events, at, tick, status = [], start, 0, 0
    sounding = {}  # (channel, pitch) -> number of notes: an end without a beginning is left out
    while at < end:
        delta, at = _number(data, at, end)
        if at >= end:
            break
        tick += delta
        byte = data[at]
        if byte < 0x80:
            if not status:
                at += 1
                continue
        else:
            at += 1
            if byte < SYSEX:
                status = byte
            elif byte in (SYSEX, 0xF7, META):
                number = -1
                if byte == META:
                    number, at = (data[at], at + 1) if at < end else (-1, at)
                length, at = _number(data, at, end)
                content, at = data[at : min(at + length, end)], at + length
                if number == END:
                    return events, tick, True
                if byte == SYSEX:
                    if at > end:  # its length lies: it ends at its last byte, 0xF7
                        at = at - length + len(content.partition(b"\xf7")[0]) + 1
                    events.append(Event(tick, SYSEX, 0, content))
                elif number in (NAME, TEMPO, METRE) and len(content) == length:
                    events.append(Event(tick, META, 0, number, content))
                continue
            else:
                at += _SYSTEM_BYTES.get(byte, 0)
                continue
        kind, channel = status & 0xF0, status & 0x0F
        size = _DATA_BYTES[kind]
        if at + size > end:
            break
        first = min(data[at], 127)
        second = min(data[at + 1], 127) if size == 2 else 0
        at += size
        if kind == NOTE_ON and second:
            sounding[channel, first] = sounding.get((channel, first), 0) + 1
        elif kind in (NOTE_ON, NOTE_OFF):
            if not sounding.get((channel, first)):
                continue
            sounding[channel, first] -= 1
            kind = NOTE_OFF
        elif kind != PROGRAM and (kind != CONTROL or first != BANK):
            continue
        events.append(Event(tick, kind, channel, first, second))
        if len(events) > MAX_EVENTS:
            raise ScoreError(f"has more than {MAX_EVENTS} events in a track")
    return events, tick, False


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a number of variable length, at most four bytes, and where it ends."""
    value = 0
    for place in range(at, min(at + 4, end)):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value, min(at + 4, end)
