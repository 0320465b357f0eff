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


class Pipe(io.RawIOBase):
    """A file that an encoder cannot return in, to write the length into its header."""

    def __init__(self, path: Path):
        self._file = path.open("wb")

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        return self._file.write(data)

    def close(self) -> None:
        self._file.close()


def encode(
    path: Path,
    codec: str,
    container: str,
    rate: int = RATE,
    layout: str = "stereo",
    seconds: float = 3.0,
    piped: bool = False,
    **options: str,
) -> Path:
    """The riff in a format that only FFmpeg writes."""
    samples = riff(seconds, rate, 1 if layout == "mono" else 2)
    options = {"fflags": "+bitexact", **options}
    target = Pipe(path) if piped else str(path)
    with av.open(target, "w", format=container, options=options) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 12_200 if rate == 8000 else 128_000
        stream.codec_context.open()
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", layout)
        frame.sample_rate = rate
        size = stream.codec_context.frame_size or 1024
        fit = av.AudioResampler(stream.codec_context.format, layout, rate, size)
        for part in [*fit.resample(frame), *fit.resample(None), None]:
            for packet in stream.encode(part):
                if packet.size:  # an encoder of FLAC ends with one that has none
                    file.mux(packet)
    if piped:
        target.close()
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


def with_page_sum(page: bytes) -> bytes:
    """An Ogg page with its check sum set right."""
    page = page[:22] + bytes(4) + page[26:]
    check = 0
    for byte in page:
        check ^= byte << 24
        for _ in range(8):
            check = (check << 1 ^ 0x04C11DB7 if check >> 31 else check << 1) & 0xFFFFFFFF
    return page[:22] + struct.pack("<I", check) + page[26:]


def without_last_mark(ogg: bytes) -> bytes:
    """An Ogg file whose last page is not marked as the last, as of a radio that was recorded."""
    at = ogg.rfind(b"OggS")
    return ogg[:at] + with_page_sum(ogg[at : at + 5] + bytes([ogg[at + 5] & ~4]) + ogg[at + 6 :])


def with_open_length(flac: bytes) -> bytes:
    """A FLAC file whose header has no length and no check sum, as encoders in a pipe write it."""
    return flac[:21] + bytes([flac[21] & 0xF0]) + bytes(20) + flac[42:]


def replaced(data: bytes, name: bytes, offset: int, new: bytes) -> bytes:
    """Bytes with others at an offset from where a name begins."""
    at = data.index(name) + offset
    return data[:at] + new + data[at + len(new) :]


def wav_of_chunks(samples: np.ndarray, count: int, rate: int = RATE) -> bytes:
    """A wav with its sound in so many chunks, and others between them."""
    wav = encoded(samples, rate, "WAV")
    sound = wav[wav.index(b"data") + 8 :]
    size = len(sound) // count // 4 * 4
    body = wav[8:36]
    for at in range(0, count * size, size):
        body += b"data" + struct.pack("<I", size) + sound[at : at + size]
        body += b"LIST" + struct.pack("<I", 4) + b"INFO"
    return b"RIFF" + struct.pack("<I", len(body)) + body
