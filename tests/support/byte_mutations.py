"""Mutations of bytes, as damage makes them, and of MIDI's chunks and events.

A mutation is a function of (random, data, other), where `other` is another file of the kind, that
returns data; it returns its input where there is nothing to change.
"""

import re
import struct
from random import Random

MOST_BYTES = 20_000  # of a mutant that repeats a stretch; more would try the same
EXTREMES = (0, -1, 1, 127, 128, 255, 1 << 14, 32767, (1 << 28) - 1, (1 << 31) - 1, 999_999_999)


def flip_bits(random: Random, data: bytes, other: bytes) -> bytes:
    """Flip some bits."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 30))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(random: Random, data: bytes, other: bytes) -> bytes:
    """Keep the beginning or the end, or leave a stretch out."""
    first, last = _stretch(random, data, len(data))
    return random.choice((data[:first], data[last:], data[:first] + data[last:]))


def splice(random: Random, data: bytes, other: bytes) -> bytes:
    """Continue a file with another, or put a stretch of another into it."""
    at = random.randrange(len(data) + 1)
    first, last = _stretch(random, other, len(other))
    return data[:at] + random.choice((other[first:], other[first:last] + data[at:]))


def repeat(random: Random, data: bytes, other: bytes) -> bytes:
    """Repeat a stretch, up to thousands of times."""
    first, last = _stretch(random, data, random.choice((1, 4, 30, 1000)))
    return repeated(random, data, first, last)


def put_bytes(random: Random, data: bytes, other: bytes) -> bytes:
    """Overwrite a place with an extreme number of 1 to 4 bytes, or with random bytes."""
    at, size = random.randrange(len(data) + 1), random.choice((1, 2, 4))
    number = random.choice(EXTREMES) % (1 << 8 * size)
    order = random.choice(("big", "little"))
    new = random.choice((number.to_bytes(size, order), random.randbytes(size), b"\xff" * size))
    return data[:at] + new + data[at + len(new) :]


def lie_about_length(random: Random, data: bytes, other: bytes) -> bytes:
    """Change the length of a MIDI chunk, or a number of the header."""
    places = [at.start() + 4 for at in re.finditer(b"MTrk|MThd", data)]
    if not places:
        return data
    at = random.choice(places)
    if data[at - 4 : at] == b"MThd" and random.random() < 0.7:
        word = struct.pack(">H", random.choice(EXTREMES) & 0xFFFF)
        at += random.choice((4, 6, 8))
        return data[:at] + word + data[at + 2 :]
    (length,) = struct.unpack(">I", data[at : at + 4].ljust(4, b"\0"))
    lie = random.choice((length + 1, length - 1, length + 4, length // 2, *EXTREMES)) % (1 << 32)
    return data[:at] + struct.pack(">I", lie) + data[at + 4 :]


def change_chunks(random: Random, data: bytes, other: bytes) -> bytes:
    """Delete, repeat, swap or add chunks of MIDI."""
    head, *chunks = re.split(b"(?=MTrk)", data)
    alien = b"XFIH" + struct.pack(">I", 6) + b"MTrk\0\0"
    chunks += random.choice(([], [], [alien], re.split(b"(?=MTrk)", other)[1:]))
    random.shuffle(chunks)
    count = random.choice((0, 1, len(chunks), len(chunks) + 1, 20, 300, 2000))
    return (head + b"".join(_endlessly(chunks, count)))[:MOST_BYTES]


def put_event(random: Random, data: bytes, other: bytes) -> bytes:
    """Put an odd or extreme event into MIDI, after a note."""
    places = [at.start() for at in re.finditer(rb"[\x80-\x9f][\x00-\x7f]{2}", data)]
    delta = random.choice((b"\0", b"\x60", b"\x87\x68", b"\xff\xff\xff\x7f", b"\x84\x80\x80\0"))
    event = random.choice(
        (
            b"\xff\x51\3" + random.choice((b"\0\0\0", b"\0\0\1", b"\xff\xff\xff")),
            b"\xff\x58\4" + random.randbytes(4),
            b"\xff\x51" + random.choice((b"\0", b"\1\7", b"\xff\xff\xff\x7f", b"\x80\x80\x80\x80")),
            b"\xff" + random.randbytes(1) + b"\3abc",
            bytes([random.randrange(0xF0, 0x100)]),
            bytes([random.randrange(0x80, 0xF0), 60, random.choice((0, 100))]),
            b"\xf0\x05\x7e\x7f\x09\x01\xf7",
            b"\xff\x2f\0",
            b"\xff\x03\x05" + random.choice((b"\0\n\t\x1b[", b"\xc3\x28\xff\xfe\x80")),
        )
    )
    if not places:
        return data
    at = random.choice(places) + 3
    count = random.choice((1, 1, 1, 3, 1000))
    return (data[:at] + (delta + event) * count + data[at:])[:MOST_BYTES]


def wrap(random: Random, data: bytes, other: bytes) -> bytes:
    """Put bytes before or after a file, as wrappers do."""
    riff = b"RIFF" + struct.pack("<I", len(data) + 12) + b"RMIDdata" + struct.pack("<I", len(data))
    before = random.choice((riff, bytes(128), b"\n\n ", b"\xef\xbb\xbf", b"\0" * 60_000))
    return random.choice((before + data, data + before, before + before + data))


ANY = (flip_bits, cut, splice, repeat, put_bytes)
MIDI = (*ANY, lie_about_length, change_chunks, put_event, put_event, wrap)
GUITAR_PRO = (*ANY, *(put_bytes,) * 5, *(flip_bits,) * 3)


def _stretch(random: Random, data: bytes, longest: int) -> tuple[int, int]:
    first = random.randrange(len(data) + 1)
    return first, min(len(data), first + random.randrange(longest + 1))


def repeated(random: Random, data: bytes, first: int, last: int) -> bytes:
    """Repeat data[first:last] up to thousands of times, within `MOST_BYTES`."""
    most = max(1, (MOST_BYTES - len(data)) // max(1, last - first))
    count = min(most, random.choice((2, 3, 20, 500, 20_000)))
    return data[:first] + data[first:last] * count + data[last:]


def _endlessly(items: list, count: int) -> list:
    return [items[number % len(items)] for number in range(count)] if items else []
