"""Read recordings of any format as mono samples at one sample rate.

No file that plays is refused: a damaged or truncated file gives the sound that it has, with a
warning. libsndfile decodes first; FFmpeg takes over for formats that libsndfile does not know and
for files in which it stops early. The sound is mixed down to mono and resampled block by block, so
that an hour of stereo needs little more memory than its mono result.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile as sf
import soxr

from mathrock.audio.headers import (
    explain_no_sound,
    fraction_present,
    has_length_header,
    is_truncated_ogg,
)

MIN_SECONDS = 0.5
SILENCE = 1e-3  # -60 dBFS
ABSURD_PEAK = 4.0  # 12 dB above full scale: no mix is that hot, only damage or integers in a float
ABSURD_SAMPLE = 1e10  # 32-bit integers stored as floats stay below; beyond is no measurement
CANCELLATION = 0.05  # mono below this share of a channel's level: the channels are in antiphase
MISSING_SECONDS = 0.25  # two decoders, or a header and a decoder, may differ by a few frames
SAMPLE_RATES = range(1_000, 1_000_001)  # Hz; a header that says otherwise is damaged
UNKNOWN = 1 << 62  # libsndfile reports at least so many frames if it does not know the number
BLOCK = 1 << 15  # frames read at a time; an error in a block loses the whole block


class AudioError(ValueError):
    """An error for a file that cannot be used as music; its message follows the file's name."""


@dataclass(frozen=True)
class Recording:
    """The sound of one file.

    Attributes:
        samples: float32 (n,), mono, full scale at 1, at the requested sample rate.
        duration: the number of seconds that could be read.
        source_rate: the sample rate of the file, Hz.
        channels: the number of channels of the file.
        warnings: sentences that follow the file's name.
    """

    samples: np.ndarray
    duration: float
    source_rate: int
    channels: int
    warnings: tuple[str, ...]


def read_mono(path: str | Path, sample_rate: int = 22050) -> Recording:
    """Read a recording as the mean of its channels, resampled to `sample_rate` Hz.

    Raises:
        AudioError: the file is missing, has no audio, is shorter than `MIN_SECONDS`, or is silent.
    """
    with _open(Path(path)) as file:
        decoded = _decode(file, sample_rate)
        warnings = _describe_damage(file, decoded)
        if decoded.seconds < MIN_SECONDS:
            raise AudioError(
                f"is too short ({decoded.seconds:.2f} s; at least {MIN_SECONDS} s is needed)"
            )
        if decoded.is_cancelled:
            channel = int(
                np.argmax(decoded.energies > decoded.energies.max() / 2)
            )  # first of the loud
            name = "the left one" if channel == 0 else f"number {channel + 1}"
            warnings.append(f"has channels that cancel each other in mono: only {name} is used")
            decoded = _decode(file, sample_rate, channel)
    samples = decoded.finish()
    warnings += _limit_peaks(samples)
    if max(samples.max(), -samples.min()) < SILENCE:
        if decoded.unusable > decoded.frames * decoded.channels / 2:
            raise AudioError("holds no sound: its samples are not numbers")
        raise AudioError("is silent")
    return Recording(samples, decoded.seconds, decoded.rate, decoded.channels, tuple(warnings))


def _open(path: Path) -> BinaryIO:
    try:
        if path.is_dir():
            raise AudioError("is a folder, not a recording")
        if not path.is_file():
            raise AudioError("is not a regular file" if path.exists() else "is missing")
        if path.stat().st_size == 0:
            raise AudioError("is empty (0 bytes)")
        return path.open("rb")
    except PermissionError:
        raise AudioError("can't be read: permission denied") from None


class _DecodedAudio:
    """The audio that one decoder reads from a file, mixed down to mono and resampled."""

    def __init__(self, sample_rate: int, channel: int | None):
        self.sample_rate = sample_rate
        self.channel = channel  # the only channel to use; None for the mean of all
        self.rate = self.channels = self.frames = 0  # of the file
        self.promised: float | None = None  # seconds by the header; None: the header has no length
        self.present = np.inf  # seconds in the file, if known without decoding
        self.broken = False  # whether the decoder gave up
        self.skipped = 0  # packets that did not decode
        self.unusable = 0  # samples set to 0
        self.energies = np.zeros(0)  # of each channel
        self.mono_energy = 0.0
        self._samples = bytearray()  # float32; grows in place, which no list of arrays does

    @property
    def seconds(self) -> float:
        """Return the number of seconds decoded."""
        return self.frames / self.rate if self.rate else 0.0

    @property
    def is_short(self) -> bool:
        """Check whether the file has less sound than its header promises."""
        return self.promised is not None and self.seconds < self.promised - MISSING_SECONDS

    @property
    def is_complete(self) -> bool:
        """Check whether the decoder read all the sound in the file."""
        is_whole = self.seconds >= self.present - MISSING_SECONDS
        return self.frames > 0 and is_whole and not self.broken

    @property
    def is_cancelled(self) -> bool:
        """Check whether the channels cancel each other in the mono mix."""
        loudest = self.energies.max(initial=0.0)
        return self.channels > 1 and self.mono_energy < CANCELLATION**2 * loudest

    def add(self, block: np.ndarray, rate: int) -> None:
        """Append a block, float32 (n, channels) at `rate` Hz; all blocks have the same format."""
        if not self.rate:
            self._start(block.shape[1], rate)
        unusable = ~(np.abs(block) < ABSURD_SAMPLE)  # true for NaN as well
        if unusable.any():
            self.unusable += int(unusable.sum())
            block = np.where(unusable, np.float32(0), block)
        mono = block @ self._weights
        self.frames += len(block)
        self.energies += np.einsum("ij,ij->j", block, block)
        self.mono_energy += float(mono @ mono)
        self._samples += self._resampler.resample_chunk(mono).data

    def _start(self, channels: int, rate: int) -> None:
        if rate not in SAMPLE_RATES:
            raise AudioError(f"is damaged: its header gives a sample rate of {rate} Hz")
        self.rate, self.channels = rate, channels
        self.energies = np.zeros(channels)
        self._weights = np.full(channels, 1 / channels, np.float32)
        if self.channel is not None:
            self._weights = np.eye(channels, dtype=np.float32)[self.channel]
        self._resampler = soxr.ResampleStream(rate, self.sample_rate, 1, "float32", "HQ")

    def finish(self) -> np.ndarray:
        """Return all samples, float32 (n,); n is the file's length at the new rate, rounded up."""
        self._samples += self._resampler.resample_chunk(np.zeros(0, np.float32), last=True).data
        length = -(-self.frames * self.sample_rate // self.rate)
        self._samples += bytes(max(0, 4 * length - len(self._samples)))
        return np.frombuffer(self._samples, np.float32)[:length]


def _decode(file: BinaryIO, sample_rate: int, channel: int | None = None) -> _DecodedAudio:
    decoded = _DecodedAudio(sample_rate, channel)
    _run_libsndfile(file, decoded)
    if decoded.is_complete:
        return decoded
    other = _DecodedAudio(sample_rate, channel)
    _run_ffmpeg(file, other)
    if other.seconds > decoded.seconds + MISSING_SECONDS:
        other.promised = other.promised if decoded.promised is None else decoded.promised
        decoded = other
    if not decoded.frames:
        raise AudioError(explain_no_sound(file) if decoded.broken else "ends after its header")
    return decoded


def _run_libsndfile(file: BinaryIO, decoded: _DecodedAudio) -> None:
    try:
        # The name, not the open file: libsndfile skips leading junk only if the name ends in mp3.
        with sf.SoundFile(file.name) as sound:
            if sound.frames < UNKNOWN and (sound.format != "MP3" or has_length_header(file)):
                decoded.promised = sound.frames / sound.samplerate
            is_chain = sound.format in ("MP3", "OGG")
            if sound.seekable():
                sound.seek(0)  # without it libsndfile keeps the encoder's delay of an Opus file
            # Not sound.blocks(), which repeats the last block at a truncation.
            while len(block := sound.read(BLOCK, dtype="float32", always_2d=True)):
                decoded.add(block, sound.samplerate)
        decoded.present = _packet_seconds(file) if is_chain else decoded.promised or np.inf
    except (sf.SoundFileError, UnicodeEncodeError):  # the latter for a name that is not UTF-8
        decoded.broken = True
    except TypeError:
        if Path(file.name).suffix.lower() != ".raw":  # soundfile looks for no header in these
            raise
        decoded.broken = True


@contextmanager
def _ffmpeg_stream(file: BinaryIO) -> Iterator[tuple]:
    """Open a file in FFmpeg; yield the container and its main audio stream, None if it has none."""
    import av  # here, because few files need it and the import is slow

    file.seek(0)
    # Without protocols a playlist cannot make it open other files or addresses.
    options = {"protocol_whitelist": ""}
    with av.open(file, options=options, metadata_errors="ignore") as container:
        stream = container.streams.best("audio")
        yield container, stream if stream is not None and stream.codec_context else None


def _packet_seconds(file: BinaryIO) -> float:
    """Sum the length of all packets, in seconds, without decoding them.

    libsndfile stops at the length that it guessed or found in a header, even if the music goes on:
    in an mp3 of variable bit rate without a header, or in files that were joined.
    """
    import av

    try:
        with _ffmpeg_stream(file) as (container, stream):
            if stream is None:
                return np.inf
            durations = [packet.duration or 0 for packet in container.demux(stream)]
            return float(sum(durations) * stream.time_base)
    except av.FFmpegError:
        return np.inf


def _run_ffmpeg(file: BinaryIO, decoded: _DecodedAudio) -> None:
    import av

    try:
        with _ffmpeg_stream(file) as (container, stream):
            if stream is None:
                decoded.broken = True
                return
            decoded.promised = _promised_seconds(container, stream)
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


def _blocks(container, stream, decoded: _DecodedAudio) -> Iterator[tuple[np.ndarray, int]]:
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


def _describe_damage(file: BinaryIO, decoded: _DecodedAudio) -> list[str]:
    """List warnings of damage in a file from which sound can be read nevertheless."""
    present = fraction_present(file)
    if 0 < present < 1:
        decoded.promised = decoded.seconds / present
    warnings = []
    if decoded.is_short:
        warnings.append(
            f"holds {decoded.seconds:.1f} s of the {decoded.promised:.1f} s"
            " that its header promises"
        )
    elif decoded.broken:
        warnings.append(f"is damaged or cut short: only {decoded.seconds:.1f} s could be read")
    elif is_truncated_ogg(file):
        warnings.append(f"is cut short: its end, after {decoded.seconds:.1f} s, is missing")
    if decoded.skipped:
        warnings.append(f"is damaged: {decoded.skipped} piece(s) of it are left out")
    if decoded.unusable:
        warnings.append(f"has {decoded.unusable} samples that are not numbers, set to 0")
    return warnings


def _limit_peaks(samples: np.ndarray) -> list[str]:
    """Reduce absurd peaks in place: scale a file that is loud throughout, clip few peaks."""
    peak = max(samples.max(), -samples.min())
    if peak <= ABSURD_PEAK:
        return []
    excess = f"has peaks {20 * np.log10(peak):.0f} dB above full scale"
    if np.mean(np.abs(samples) > 1) > 0.01:
        samples /= peak
        return [f"{excess}: scaled down"]
    np.clip(samples, -1, 1, out=samples)
    return [f"{excess}, which is damage: clipped"]
