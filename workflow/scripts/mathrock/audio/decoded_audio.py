"""Mix the sound of one file down to mono and resample it, block by block.

An hour of stereo so needs little more memory than its mono result.
"""

import numpy as np
import soxr

from mathrock.audio.errors import AudioError, TooLongError
from mathrock.files.limits import MAX_CHANNELS, MAX_RECORDING_SECONDS

ABSURD_SAMPLE = 1e10  # 32-bit integers stored as floats stay below; beyond is no measurement
CANCELLATION = 0.05  # mono below this share of a channel's level: the channels are in antiphase
MISSING_SECONDS = 0.25  # two decoders, or a header and a decoder, may differ by a few frames
SAMPLE_RATES = range(1_000, 1_000_001)  # Hz; a header that says otherwise is damaged


class DecodedAudio:
    """The audio that one decoder reads from a file, mixed down to mono and resampled."""

    def __init__(self, sample_rate: int, most_seconds: float, channel: int | None = None):
        self.sample_rate = sample_rate
        self.most_seconds = most_seconds
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

    def check_format(self, channels: int, rate: int) -> None:
        """Raise AudioError if a header names a sample rate or so many channels that none has."""
        if rate not in SAMPLE_RATES:
            raise AudioError(f"is damaged: its header gives a sample rate of {rate} Hz")
        if channels > MAX_CHANNELS:
            raise AudioError(f"has {channels} channels, more than {MAX_CHANNELS}")

    def check_length(self, seconds: float) -> None:
        """Raise TooLongError if so many seconds are more than may be read."""
        if seconds > self.most_seconds:
            raise TooLongError(f"lasts more than {MAX_RECORDING_SECONDS / 3600:g} hours")

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
        self.check_length(self.seconds)
        self.energies += np.einsum("ij,ij->j", block, block)
        self.mono_energy += float(mono @ mono)
        self._samples += self._resampler.resample_chunk(mono).data

    def _start(self, channels: int, rate: int) -> None:
        self.check_format(channels, rate)
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
