"""Decode the events of a MIDI track, as players do: what makes no sense is passed over.

Running status outlives system exclusive and meta events, undefined status bytes are skipped, and a
meta event is read only if it is of use here. mido, and readers as strict as mido, refuse the whole
file for an odd key signature that nobody needs.
"""

from collections import defaultdict, deque
from typing import NamedTuple

from mathrock.files.limits import MAX_EVENTS
from mathrock.formats.errors import ScoreError

NAME, PORT, END, TEMPO, METRE = 0x03, 0x21, 0x2F, 0x51, 0x58  # meta events
NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, SYSEX, SYSEX_MORE, META = (
    *(0x80, 0x90, 0xB0, 0xC0),
    *(0xF0, 0xF7, 0xFF),
)
BANK = 0  # the control change that selects a bank of instruments
_KEPT = frozenset((NAME, TEMPO, METRE, SYSEX, SYSEX_MORE))
_DATA_BYTES = {0xC0: 1, 0xD0: 1, 0xF1: 1, 0xF2: 2, 0xF3: 1}
_MOST_NUMBER = 1 << 32


class Event(NamedTuple):
    """An event that is no note, at a tick counted from the track's start.

    `kind` is a meta event's number, or `CONTROL` (a bank), `PROGRAM`, `SYSEX` or `SYSEX_MORE`; the
    channel is 0-15, and 16 more on each further port; `value` is a number or bytes.
    """

    tick: int
    kind: int
    channel: int
    value: int | bytes


class Track(NamedTuple):
    """The events of a track that are of use here; times are ticks.

    Attributes:
        notes: (onset, offset, channel, pitch, velocity); the offset of a note without an end is -1.
        events: the other events.
        end: the tick at which the track ends.
        is_ended: whether it ends as it should, by an event that says so.
        after: the place in the data behind its last event.
    """

    notes: list[tuple[int, int, int, int, int]]
    events: list[Event]
    end: int
    is_ended: bool
    after: int


def read_track(data: bytes, at: int, end: int) -> Track:
    """Decode the events of `data[at:end]`, up to the one that ends the track.

    Notes of equal pitch end in the order in which they began; an end without a beginning is left
    out.

    Raises:
        ScoreError: there are more than `MAX_EVENTS` besides notes.
    """
    notes, events, sounding = [], [], defaultdict(deque)
    tick = status = kind = channel = port = 0
    is_ended = False
    while at < end:
        delta = data[at]
        at += 1
        if delta > 0x7F:
            delta, at = _number(data, at - 1, end)
        if at >= end:
            break
        tick += delta
        byte = data[at]
        if byte >= SYSEX:
            number, content, at = _system_event(data, at, end)
            if is_ended := number == END:
                break
            if number == PORT:
                port = (content[0] & 0x7F) << 4 if content else port
                channel = port | status & 0x0F
            elif number in _KEPT:
                events.append(Event(tick, number, port, content))
                _check_count(events)
            continue
        if byte > 0x7F:
            at += 1
            status, kind, channel = byte, byte & 0xF0, port | byte & 0x0F
        elif not status:
            at += 1
            continue
        size = _DATA_BYTES.get(kind, 2)
        if at + size > end:
            break
        first = min(data[at], 127)
        second = min(data[at + size - 1], 127)
        at += size
        if kind == NOTE_ON and second:
            sounding[channel, first].append((tick, second))
        elif kind <= NOTE_ON:
            if begun := sounding[channel, first]:
                onset, velocity = begun.popleft()
                notes.append((onset, tick, channel, first, velocity))
        elif kind == PROGRAM or (kind == CONTROL and first == BANK):
            events.append(Event(tick, kind, channel, second))
            _check_count(events)
    for (channel, pitch), begun in sounding.items():
        notes += [(onset, -1, channel, pitch, velocity) for onset, velocity in begun]
    return Track(notes, events, tick, is_ended, min(at, end))


def _system_event(data: bytes, at: int, end: int) -> tuple[int, bytes, int]:
    """Read a meta event or a system message: its number or kind, its bytes, and where it ends."""
    kind, at = data[at], at + 1
    if kind not in (SYSEX, SYSEX_MORE, META):
        return -1, b"", at + _DATA_BYTES.get(kind, 0)
    number = kind
    if kind == META:
        number = data[at] if at < end and data[at] < 0x80 else -1
        at += 1
    length, at = _number(data, at, end)
    content = data[at : min(at + length, end)]
    if at + length > end and kind == SYSEX:  # its length lies: it ends at its last byte, 0xF7
        content = content.partition(b"\xf7")[0]
        return kind, content, at + len(content) + 1
    return number, content, at + length


def _check_count(events: list[Event]) -> None:
    if len(events) > MAX_EVENTS:
        raise ScoreError(f"has more than {MAX_EVENTS} events")


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a number of variable length, at most `_MOST_NUMBER`, and where it ends."""
    value = 0
    while at < end:
        byte = data[at]
        at += 1
        value = min(value << 7 | byte & 0x7F, _MOST_NUMBER)
        if byte < 0x80:
            break
    return value, at
