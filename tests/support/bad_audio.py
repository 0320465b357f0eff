"""Small odd and broken sound files for tests, made from one riff; the same bytes every time."""

import io
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import soundfile as sf

RATE = 44100


def riff(seconds: float = 3.0, rate: int = RATE, channels: int = 2) -> np.ndarray:
    """Plucked sines in 7/8, a note every 0.1 s: float32 (n, channels), the channels a bit apart."""
    time = np.arange(round(seconds * rate)) / rate
    pitches = np.array([64, 71, 76, 79, 83, 79, 76])[(time / 0.1).astype(int) % 7]
    since = time % 0.1
    note = np.sin(2 * np.pi * 440 * 2 ** ((pitches - 69) / 12) * since) * np.exp(-20 * since)
    return np.stack([0.5 * note / (1 + k) for k in range(channels)], 1).astype(np.float32)


def encoded(samples: np.ndarray, rate: int = RATE, format: str = "MP3", **options) -> bytes:
    """The bytes of a file that libsndfile writes."""
    buffer = io.BytesIO()
    sf.write(buffer, samples, rate, format=format, **options)
    return buffer.getvalue()


def float_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    sf.write(path, samples, rate, subtype="FLOAT", format="WAV")
    return path


def encode(path: Path, codec: str, container: str, rate: int = RATE) -> Path:
    """The riff in a format that only FFmpeg writes."""
    samples = riff(rate=rate)
    with av.open(str(path), "w", format=container, options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream(codec, rate=rate, layout="stereo")
        stream.bit_rate = 128_000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", "stereo")
        frame.sample_rate = rate
        size = stream.codec_context.frame_size or 1024
        fit = av.AudioResampler(stream.codec_context.format, "stereo", rate, size)
        for part in [*fit.resample(frame), *fit.resample(None), None]:
            file.mux(stream.encode(part))
    return path


def without_header(mp3: bytes) -> bytes:
    """An mp3 less its first frame, which counts the others."""
    first = mp3.index(b"\xff\xfb")
    return mp3[mp3.index(b"\xff\xfb", first + 4) :]


def with_tag(mp3: bytes, cover: int) -> bytes:
    """An mp3 behind an ID3v2.3 tag with a picture of `cover` bytes."""
    picture = b"\0image/png\0\3\0" + b"\x89PNG" + bytes(cover)
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frame + mp3


def with_hole(data: bytes, at: float, size: int) -> bytes:
    start = int(len(data) * at)
    return data[:start] + bytes(size) + data[start + size :]


def with_bit_rot(data: bytes, count: int, first: float = 0.25) -> bytes:
    """`count` bytes inverted, none in the share `first` at the beginning."""
    rotten = bytearray(data)
    for at in np.random.default_rng(3).integers(int(len(data) * first), len(data), count):
        rotten[at] ^= 0xFF
    return bytes(rotten)


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(bytes(9 * 8)))
    return b"\x89PNG\r\n\x1a\n" + header + rows + chunk(b"IEND", b"")
