"""Write sound files: whole or not at all, and the same bytes every time."""

import io
from pathlib import Path

import numpy as np
import soundfile

from mathrock.audio.true_peak import true_peak
from mathrock.files.atomic import replacing

BLOCK = 1 << 16  # libsndfile's encoders crash on long single writes
TRIES = 6  # at an mp3 below its ceiling
SAFETY_DB = 0.05  # by how much more than needed the next try is turned down
FRAMES = {"title": "TIT2", "artist": "TPE1", "album": "TALB"}  # of ID3v2


def write_wav(
    path: str | Path, samples: np.ndarray, sample_rate: int, subtype: str = "PCM_24"
) -> None:
    """Write (n, channels) float samples as fixed-point wav, PCM_24 or PCM_16; 1.0 is full scale.

    Not as float wav, because libsndfile puts the time of day into it. Samples beyond full scale
    are clipped.
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
    """Write (n, 1 or 2) float samples as mp3 at a constant 320 kbit/s, tagged.

    Encoding lifts peaks by some tenths of a decibel. With `true_peak_db` the file is decoded again
    and, as long as it exceeds that many dBTP, encoded anew from quieter samples.

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
    """An ID3v2.3 tag; libsndfile itself writes ID3v1 only, which ends names at 30 Latin letters."""
    frames = b""
    for name, text in tags.items():
        if text:
            content = b"\x01" + text.encode("utf-16")
            frames += FRAMES[name].encode() + len(content).to_bytes(4, "big") + bytes(2) + content
    if not frames:
        return b""
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frames
