import struct

import numpy as np
import pytest

from mathrock.rendering.soundfont import SynthesisError
from mathrock.rendering.tinysoundfont_engine import TinySynth, _adapted


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def font(*generators: tuple[int, int]) -> bytes:
    igen = b"".join(struct.pack("<Hh", *generator) for generator in generators)
    info = chunk(b"LIST", b"INFO" + chunk(b"ICMT", b"odd"))  # an odd size is padded
    body = b"sfbk" + info + chunk(b"LIST", b"pdta" + chunk(b"igen", igen))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_velocity_ranges_are_squared_and_stay_adjacent():
    before = font((44, 0 | 64 << 8), (44, 65 | 100 << 8), (44, 101 | 127 << 8))
    expected = font((44, 0 | 32 << 8), (44, 33 | 79 << 8), (44, 80 | 127 << 8))
    assert _adapted(before) == expected


def test_every_velocity_plays_the_range_made_for_it():
    edges = [0, 40, 65, 73, 81, 127]
    pairs = list(zip(edges[:-1], [edge - 1 for edge in edges[1:-1]] + [127], strict=True))
    adapted = np.frombuffer(_adapted(font(*[(44, a | b << 8) for a, b in pairs]))[-20:], "<u2")
    new = [(int(x) & 255, int(x) >> 8) for x in adapted[1::2]]
    for velocity in range(1, 128):
        scaled = int((velocity / 127) ** 2 * 127)
        before = [i for i, (low, high) in enumerate(pairs) if low <= velocity <= high]
        after = [i for i, (low, high) in enumerate(new) if low <= scaled <= high]
        assert after == before


def test_attenuation_is_scaled_and_other_generators_are_left_alone():
    assert _adapted(font((48, 300), (48, -100), (17, 500))) == font((48, 120), (48, -40), (17, 500))


def test_damaged_fonts_are_errors(tmp_path):
    for name, content in {"short": font()[:30], "empty": b"RIFF\x04\0\0\0sfbk"}.items():
        path = tmp_path / f"{name}.sf2"
        path.write_bytes(content)
        with pytest.raises(SynthesisError, match=rf"{name}\.sf2 is damaged"):
            TinySynth(path, 44100, 0.0)
