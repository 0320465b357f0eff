"""Write wav and mp3 files, whole or not at all, with the same bytes for the same samples."""

import io
from pathlib import Path

import numpy as np
import soundfile

from mathrock.audio.true_peak import true_peak
from mathrock.files.atomic import replacing

BLOCK = 1 << 16  # libsndfile's encoders crash on long single writes
TRIES = 6  # encodings of an mp3 until its true peak is below the ceiling
SAFETY_DB = 0.05  # additional attenuation of each new try
FRAMES = {"title": "TIT2", "artist": "TPE1", "album": "TALB"}  # of ID3v2


def write_wav(
    path: str | Path, samples: np.ndarray, sample_rate: int, subtype: str = "PCM_24"
) -> None:
    """Write float samples (n, channels) as a fixed-point wav; 1.0 is full scale.

    Samples beyond full scale are clipped. A float wav is not offered, because libsndfile writes the
    time of day into it.

    Raises:
        ValueError: `subtype` is neither PCM_16 nor PCM_24.
    """
    if subtype not in ("PCM_16", "PCM_24"):
        raise ValueError(f"subtype {subtype!r}: PCM_16 and PCM_24 are reproducible")
    with replacing(path) as temporary:
        _encode(temporary, samples, sample_rate, format="WAV", subtype=subtype)


def write_mp3(
    path: str | Path,
    samples: np.ndarray,
    sample_rate: int,
    title: str = "",
    artist: str = "",
    album: str = "",
    true_peak_db: float | None = None,
) -> float:
    """Write float samples (n, 1 or 2) as a tagged mp3 at a constant 320 kbit/s.

    Encoding raises peaks by some tenths of a decibel. With `true_peak_db` (dBTP) the result is
    decoded, and encoded again from quieter samples as long as its true peak exceeds this ceiling.

    Returns:
        The gain in dB at which the samples were encoded, 0 or less.

    Raises:
        ValueError: after several tries the file still exceeds `true_peak_db`.
    """
    gain = 0.0
    if not len(samples):
        samples = np.zeros((1, samples.shape[1]), np.float32)  # an empty mp3 is unreadable
    for _ in range(TRIES):
        encoded = _mp3(samples * np.float32(10 ** (gain / 20)), sample_rate)
        over = 0.0
        if true_peak_db is not None:
            decoded, _ = soundfile.read(io.BytesIO(encoded), dtype="float32", always_2d=True)
            over = true_peak(decoded, sample_rate) - true_peak_db
        if over <= 0:
            break
        gain -= over + SAFETY_DB
    else:
        raise ValueError(f"{path}: the mp3 stays {over:.2f} dB above {true_peak_db} dBTP")
    with replacing(path) as temporary:
        temporary.write_bytes(_id3(title=title, artist=artist, album=album) + encoded)
    return gain


def _mp3(samples: np.ndarray, sample_rate: int) -> bytes:
    buffer = io.BytesIO()
    _encode(
        buffer,
        samples,
        sample_rate,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=0,  # the highest rate
    )
    return buffer.getvalue()


def _encode(target: Path | io.BytesIO, samples: np.ndarray, sample_rate: int, **form) -> None:
    with soundfile.SoundFile(target, "w", sample_rate, samples.shape[1], **form) as file:
        for start in range(0, len(samples), BLOCK):
            file.write(samples[start : start + BLOCK])


def _id3(**tags: str) -> bytes:
    """Make an ID3v2.3 tag: libsndfile writes only ID3v1, which cuts names at 30 Latin letters."""
    frames = b""
    for name, text in tags.items():
        if text:
            content = b"\x01" + text.encode("utf-16")
            frames += FRAMES[name].encode() + len(content).to_bytes(4, "big") + bytes(2) + content
    if not frames:
        return b""
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frames
