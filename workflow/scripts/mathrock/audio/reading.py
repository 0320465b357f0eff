"""Recordings of any kind -> mono samples at one rate.

A file that plays is never called bad, and one that is damaged or cut short gives the sound that it
has, with a warning. libsndfile decodes first; FFmpeg takes over for formats that libsndfile does
not know and for files in which it stops early. Sound is folded to mono and resampled block by
block, so that an hour of stereo needs little more memory than its mono result.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile as sf
import soxr

from mathrock.audio.headers import counts_its_frames, is_cut_ogg, share_present, why_no_sound

MIN_SECONDS = 0.5
SILENCE = 1e-3  # -60 dBFS
ABSURD_PEAK = 4.0  # 12 dB above full scale: no mix is that hot, only damage or integers in a float
ABSURD_SAMPLE = 1e10  # 32-bit integers stored as floats stay below; beyond is no measurement
CANCELLED = 0.05  # mono at less than this share of a channel's level: the channels are in antiphase
MISSING_SECONDS = 0.25  # two decoders, or a header and a decoder, may differ by a few frames
SAMPLE_RATES = range(1_000, 1_000_001)  # Hz; a header that says otherwise is damaged
UNKNOWN = 1 << 62  # as many frames libsndfile reports, or more, where it does not know
BLOCK = 1 << 15  # frames read at a time; what a block held before an error in it is lost


class AudioError(ValueError):
    """The file cannot be used as music; the message says why, to follow the file's name."""


@dataclass(frozen=True)
class Recording:
    """The sound of one file.

    `samples` is float32 (n,), mono, full scale at 1, at the sample rate asked for; `duration` is
    the number of seconds that could be read; `source_rate` (Hz) and `channels` are the file's.
    `warnings` are sentences that follow the file's name.
    """

    samples: np.ndarray
    duration: float
    source_rate: int
    channels: int
    warnings: tuple[str, ...]


def read_mono(path: str | Path, sample_rate: int = 22050) -> Recording:
    """Read a recording as the mean of its channels, resampled to `sample_rate` Hz.

    Raises:
        AudioError: nothing there, no audio, shorter than `MIN_SECONDS`, or silent.
    """
    with _open(Path(path)) as file:
        take = _decode(file, sample_rate)
        warnings = _complaints(file, take)
        if take.seconds < MIN_SECONDS:
            raise AudioError(
                f"is too short ({take.seconds:.2f} s; at least {MIN_SECONDS} s is needed)"
            )
        if take.is_cancelled:
            channel = int(np.argmax(take.energies > take.energies.max() / 2))  # first of the loud
            name = "the left one" if channel == 0 else f"number {channel + 1}"
            warnings.append(f"has channels that cancel each other in mono: only {name} is used")
            take = _decode(file, sample_rate, channel)
    samples = take.finish()
    warnings += _tame(samples)
    if max(samples.max(), -samples.min()) < SILENCE:
        if take.unusable > take.frames * take.channels / 2:
            raise AudioError("holds no sound: its samples are not numbers")
        raise AudioError("is silent")
    return Recording(samples, take.seconds, take.rate, take.channels, tuple(warnings))


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


class _Take:
    """What one decoder gets out of a file: blocks of any rate in, mono at one rate out."""

    def __init__(self, sample_rate: int, channel: int | None):
        self.sample_rate = sample_rate
        self.channel = channel  # use only this one; None for the mean of all
        self.rate = self.channels = self.frames = 0  # of the file
        self.promised: float | None = None  # seconds by the header, None where it does not say
        self.present = np.inf  # seconds that a whole decode gives, as far as is known
        self.broken = False  # the decoder gave up
        self.skipped = 0  # packets that did not decode
        self.unusable = 0  # samples set to 0
        self.energies = np.zeros(0)  # of each channel
        self.mono_energy = 0.0
        self._samples = bytearray()  # float32; grows in place, which no list of arrays does

    @property
    def seconds(self) -> float:
        return self.frames / self.rate if self.rate else 0.0

    @property
    def is_short(self) -> bool:
        return self.promised is not None and self.seconds < self.promised - MISSING_SECONDS

    @property
    def is_complete(self) -> bool:
        is_whole = self.seconds >= self.present - MISSING_SECONDS
        return self.frames > 0 and is_whole and not self.broken

    @property
    def is_cancelled(self) -> bool:
        loudest = self.energies.max(initial=0.0)
        return self.channels > 1 and self.mono_energy < CANCELLED**2 * loudest

    def add(self, block: np.ndarray, rate: int) -> None:
        """Append float32 (n, channels) at `rate` Hz; `channels` and `rate` stay as they begin."""
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
        """All samples, float32 (n,), with as many as the frames need, rounded up."""
        self._samples += self._resampler.resample_chunk(np.zeros(0, np.float32), last=True).data
        length = -(-self.frames * self.sample_rate // self.rate)
        self._samples += bytes(max(0, 4 * length - len(self._samples)))
        return np.frombuffer(self._samples, np.float32)[:length]


def _decode(file: BinaryIO, sample_rate: int, channel: int | None = None) -> _Take:
    take = _Take(sample_rate, channel)
    _run_libsndfile(file, take)
    if take.is_complete:
        return take
    other = _Take(sample_rate, channel)
    _run_ffmpeg(file, other)
    if other.seconds > take.seconds + MISSING_SECONDS:
        other.promised = other.promised if take.promised is None else take.promised
        take = other
    if not take.frames:
        raise AudioError(why_no_sound(file) if take.broken else "ends after its header")
    return take


def _run_libsndfile(file: BinaryIO, take: _Take) -> None:
    try:
        # By its name, not the open file: libsndfile looks past junk only where the name says mp3.
        with sf.SoundFile(file.name) as sound:
            if sound.frames < UNKNOWN and (sound.format != "MP3" or counts_its_frames(file)):
                take.promised = sound.frames / sound.samplerate
            is_chain = sound.format in ("MP3", "OGG")
            if sound.seekable():
                sound.seek(0)  # only then libsndfile drops the encoder's delay of an Opus file
            # Not sound.blocks(): past a cut it repeats its last block.
            while len(block := sound.read(BLOCK, dtype="float32", always_2d=True)):
                take.add(block, sound.samplerate)
        take.present = _packet_seconds(file) if is_chain else take.promised or np.inf
    except (sf.SoundFileError, UnicodeEncodeError):  # the latter for a name that is not UTF-8
        take.broken = True
    except TypeError:
        if Path(file.name).suffix.lower() != ".raw":  # soundfile looks for no header in these
            raise
        take.broken = True


@contextmanager
def _ffmpeg_stream(file: BinaryIO) -> Iterator[tuple]:
    """The container and its main stream of sound, None if it has none."""
    import av  # here, as few files need it and it takes a while

    file.seek(0)
    # Without protocols a playlist cannot make it open other files or addresses.
    options = {"protocol_whitelist": ""}
    with av.open(file, options=options, metadata_errors="ignore") as container:
        stream = container.streams.best("audio")
        yield container, stream if stream is not None and stream.codec_context else None


def _packet_seconds(file: BinaryIO) -> float:
    """The length of all packets, which takes no decoding.

    libsndfile stops where the length that it guessed or found in a header ends, even if the music
    goes on: in an mp3 of variable bit rate without a header, or in files that were joined.
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


def _run_ffmpeg(file: BinaryIO, take: _Take) -> None:
    import av

    try:
        with _ffmpeg_stream(file) as (container, stream):
            if stream is None:
                take.broken = True
                return
            take.promised = _promise(container, stream)
            for block, rate in _blocks(container, stream, take):
                take.add(block, rate)
    except av.FFmpegError:
        take.broken = True


def _promise(container, stream) -> float | None:
    if container.format.name in ("mp3", "aac", "ogg"):
        return None  # at times a guess
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None and not container.streams.video:
        return container.duration / 1e6
    return None


def _blocks(container, stream, take: _Take) -> Iterator[tuple[np.ndarray, int]]:
    """Float32 (n, channels) and the rate, both as the first frame has them."""
    import av

    first = kind = fit = None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            take.skipped += 1
            continue
        for frame in frames:
            first = first or frame
            if kind != (kind := (frame.format.name, frame.layout.name, frame.sample_rate)):
                fit = av.AudioResampler("fltp", first.layout, first.sample_rate)
            for fitted in fit.resample(frame):
                yield fitted.to_ndarray().T, fitted.sample_rate


def _complaints(file: BinaryIO, take: _Take) -> list[str]:
    """What is wrong with the file, as far as sound can be read from it all the same."""
    present = share_present(file)
    if 0 < present < 1:
        take.promised = take.seconds / present
    warnings = []
    if take.is_short:
        warnings.append(
            f"holds {take.seconds:.1f} s of the {take.promised:.1f} s that its header promises"
        )
    elif take.broken:
        warnings.append(f"is damaged or cut short: only {take.seconds:.1f} s could be read")
    elif is_cut_ogg(file):
        warnings.append(f"is cut short: its end, after {take.seconds:.1f} s, is missing")
    if take.skipped:
        warnings.append(f"is damaged: {take.skipped} piece(s) of it are left out")
    if take.unusable:
        warnings.append(f"has {take.unusable} samples that are not numbers, set to 0")
    return warnings


def _tame(samples: np.ndarray) -> list[str]:
    """Bring an absurd level down, in place: a loud file is scaled, a few wild peaks are clipped."""
    peak = max(samples.max(), -samples.min())
    if peak <= ABSURD_PEAK:
        return []
    excess = f"has peaks {20 * np.log10(peak):.0f} dB above full scale"
    if np.mean(np.abs(samples) > 1) > 0.01:
        samples /= peak
        return [f"{excess}: scaled down"]
    np.clip(samples, -1, 1, out=samples)
    return [f"{excess}, which is damage: clipped"]
