"""A small SoundFont for tests: two presets, two instruments, two samples; tables to be broken."""

import io
import struct

import numpy as np
import soundfile as sf

RATE = 22050


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def tables(first: int, second: int, kind: int = 1) -> dict[bytes, list[bytes]]:
    """The records of the tables; the samples have so many frames (or bytes) each."""
    whole = first + second
    header = "<20sHHHIII"
    sample = "<20sIIIIIBbHH"
    return {
        b"phdr": [
            struct.pack(header, b"Guitar", 0, 0, 0, 0, 0, 0),
            struct.pack(header, b"Drums", 0, 128, 2, 0, 0, 0),
            struct.pack(header, b"EOP", 0, 0, 3, 0, 0, 0),
        ],
        b"pbag": [struct.pack("<HH", *pair) for pair in ((0, 0), (1, 0), (3, 1), (4, 1))],
        b"pmod": [bytes(10)] * 2,
        b"pgen": [
            struct.pack("<HH", *pair) for pair in ((48, 20), (43, 127 << 8), (41, 0), (41, 1))
        ],
        b"inst": [struct.pack("<20sH", b"x", bag) for bag in (0, 3, 4)],
        b"ibag": [struct.pack("<HH", *pair) for pair in ((0, 0), (2, 0), (6, 1), (9, 1), (11, 1))],
        b"imod": [bytes(10)] * 2,
        b"igen": [
            struct.pack("<Hh", *pair)
            for pair in (
                *((38, -2000), (54, 1)),
                *((43, 60 << 8), (44, 127 << 8), (58, 60), (53, 0)),
                *((43, 61 | 127 << 8), (8, 9000), (53, 1)),
                *((54, 0), (53, 1)),
            )
        ]
        + [bytes(4)],
        b"shdr": [
            struct.pack(sample, b"a", 0, first, 50, 300, RATE, 60, 0, 0, kind),
            struct.pack(sample, b"b", first, whole, first + 50, first + 300, RATE, 60, 0, 0, kind),
            struct.pack(sample, b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ],
    }


def assemble(records: dict[bytes, list[bytes]], samples: bytes) -> bytes:
    info = chunk(b"LIST", b"INFO" + chunk(b"ifil", b"\2\0\1\0"))
    sound = chunk(b"LIST", b"sdta" + chunk(b"smpl", samples))
    inside = b"".join(chunk(name, b"".join(rows)) for name, rows in records.items())
    return chunk(b"RIFF", b"sfbk" + info + sound + chunk(b"LIST", b"pdta" + inside))


def tone(frames: int) -> np.ndarray:
    return (np.sin(np.arange(frames) / 8) * 20_000).astype("<i2")


def small_sf2() -> bytes:
    return assemble(tables(500, 700), tone(500).tobytes() + tone(700).tobytes())


def small_sf3() -> bytes:
    """The same with samples in Ogg Vorbis; the bytes of streams differ from call to call."""
    streams = []
    for frames in (2000, 3000):
        buffer = io.BytesIO()
        sf.write(buffer, tone(frames), RATE, format="OGG", subtype="VORBIS")
        streams.append(buffer.getvalue())
    records = tables(*map(len, streams), kind=0x11)
    return assemble(records, b"".join(streams))
