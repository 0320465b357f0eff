"""Decode sound files with libsndfile and with FFmpeg."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile as sf

from mathrock.audio.decoded_audio import DecodedAudio
from mathrock.audio.headers import has_length_header, is_live
from mathrock.audio.part import Part

COUNTED = ("MP3", "OGG", "FLAC")  # libsndfile's formats that may hold more than is promised
UNKNOWN = 1 << 62  # libsndfile reports at least so many frames if it does not know the number
MOST_OF_A_PACKET = 60  # seconds; a longer one is damage
BLOCK = 1 << 16  # samples read at a time; an error in a block loses the whole block


def run_libsndfile(file: Part, decoded: DecodedAudio) -> None:
    """Decode a file, or a part of one, with libsndfile."""
    # The name, not the open file: libsndfile skips leading junk only if the name ends in mp3.
    source = file.name if file.is_whole else file.twin()
    try:
        with sf.SoundFile(source) as sound:
            decoded.check_format(sound.channels, sound.samplerate)
            is_known = sound.frames < UNKNOWN
            if is_known and (sound.format != "MP3" or has_length_header(file)):
                decoded.promised = sound.frames / sound.samplerate
            is_counted = sound.format in COUNTED or not is_known
            present = _packet_seconds(file, decoded) if is_counted else np.inf
            # A damaged header must not say alone that a file is too long.
            decoded.check_length(min(present, decoded.promised or 0))
            decoded.present = present if is_counted else decoded.promised
            if sound.seekable():
                sound.seek(0)  # without it libsndfile keeps the encoder's delay of an Opus file
            size = max(1, BLOCK // sound.channels)
            # Not sound.blocks(), which repeats the last block at a truncation.
            while len(block := sound.read(size, dtype="float32", always_2d=True)):
                decoded.add(block, sound.samplerate)
    except (sf.SoundFileError, UnicodeEncodeError):  # the latter for a name that is not UTF-8
        decoded.broken = True
    except TypeError:
        if Path(file.name).suffix.lower() != ".raw":  # soundfile looks for no header in these
            raise
        decoded.broken = True


@contextmanager
def _ffmpeg_stream(file: Part) -> Iterator[tuple]:
    """Open a file in FFmpeg; yield the container and its main audio stream, None if it has none."""
    import av  # here, because few files need it and the import is slow

    # Without protocols a playlist cannot make it open other files or addresses.
    options = {"protocol_whitelist": ""}
    with av.open(file.twin(), options=options, metadata_errors="ignore") as container:
        stream = container.streams.best("audio")
        yield container, stream if stream is not None and stream.codec_context else None


def _packet_seconds(file: Part, decoded: DecodedAudio) -> float:
    """Sum the length of all packets, in seconds, without decoding them; infinite if not known.

    libsndfile stops at the length that it guessed or found in a header, even if the music goes on:
    in an mp3 of variable bit rate without a header, or in files that were joined.

    Raises:
        TooLongError: it is more than may be read.
    """
    import av

    total = 0
    try:
        with _ffmpeg_stream(file) as (container, stream):
            if stream is None:
                return np.inf
            for packet in container.demux(stream):
                duration = packet.duration or 0
                total += duration if duration * stream.time_base < MOST_OF_A_PACKET else 0
                decoded.check_length(float(total * stream.time_base))
            return float(total * stream.time_base)
    except av.FFmpegError:
        return np.inf


def run_ffmpeg(file: Part, decoded: DecodedAudio) -> None:
    """Decode a file, or a part of one, with FFmpeg."""
    import av

    try:
        with _ffmpeg_stream(file) as (container, stream):
            if stream is None:
                decoded.broken = True
                return
            decoded.promised = None if is_live(file) else _promised_seconds(container, stream)
            if decoded.promised is None or decoded.promised > decoded.most_seconds:
                _packet_seconds(file, decoded)
            for block, rate in _blocks(container, stream, decoded):
                decoded.add(block, rate)
    except av.FFmpegError:
        decoded.broken = True


def _promised_seconds(container, stream) -> float | None:
    if container.format.name in ("mp3", "aac", "ogg"):
        return None  # at times a guess
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None and not container.streams.video:
        return container.duration / 1e6
    return None


def _blocks(container, stream, decoded: DecodedAudio) -> Iterator[tuple[np.ndarray, int]]:
    """Yield blocks, float32 (n, channels), and the sample rate, in the first frame's format."""
    import av

    first = kind = fit = None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            decoded.skipped += 1
            continue
        for frame in frames:
            first = first or frame
            if kind != (kind := (frame.format.name, frame.layout.name, frame.sample_rate)):
                fit = av.AudioResampler("fltp", first.layout, first.sample_rate)
            for fitted in fit.resample(frame):
                yield fitted.to_ndarray().T, fitted.sample_rate
