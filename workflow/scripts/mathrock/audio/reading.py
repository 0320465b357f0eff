"""Read recordings of any format as mono samples at one sample rate.

No file that plays is refused: a damaged or truncated file gives the sound that it has, with a
warning. libsndfile decodes first; FFmpeg takes over for formats that libsndfile does not know and
for files in which it stops early.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mathrock.audio.decoded_audio import MISSING_SECONDS, DecodedAudio
from mathrock.audio.decoders import run_ffmpeg, run_libsndfile
from mathrock.audio.errors import AudioError, TooLongError
from mathrock.audio.headers import (
    explain_no_sound,
    fraction_present,
    has_strange_end,
    is_truncated_ogg,
)
from mathrock.audio.joined_files import split_joined
from mathrock.audio.mended_headers import mend_header
from mathrock.audio.part import Part
from mathrock.files.limits import MAX_RECORDING_BYTES, MAX_RECORDING_SECONDS

__all__ = ["AudioError", "Recording", "read_mono"]

MIN_SECONDS = 0.5
SILENCE = 1e-3  # -60 dBFS
ABSURD_PEAK = 4.0  # 12 dB above full scale: no mix is that hot, only damage or integers in a float


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
        AudioError: the file is missing, has no audio, is shorter than `MIN_SECONDS` or longer than
            `MAX_RECORDING_SECONDS`, or is silent.
    """
    with _open(Path(path)) as file:
        parts, warnings = _decode_parts(file, sample_rate)
    seconds = sum(part.seconds for part in parts)
    if seconds < MIN_SECONDS:
        raise AudioError(f"is too short ({seconds:.2f} s; at least {MIN_SECONDS} s is needed)")
    sounds = [part.finish() for part in parts]
    samples = sounds[0] if len(sounds) == 1 else np.concatenate(sounds)
    warnings += _limit_peaks(samples)
    if max(samples.max(), -samples.min()) < SILENCE:
        if any(part.unusable > part.frames * part.channels / 2 for part in parts):
            raise AudioError("holds no sound: its samples are not numbers")
        raise AudioError("is silent")
    return Recording(samples, seconds, parts[0].rate, parts[0].channels, tuple(warnings))


def _decode_parts(file: BinaryIO, sample_rate: int) -> tuple[list[DecodedAudio], list[str]]:
    """Decode each of the files that a file is joined of; return them, and warnings."""
    files = split_joined(file)
    parts, warnings, errors = [], [], []
    left = MAX_RECORDING_SECONDS
    for number, part in enumerate(files, 1):
        which = f"is {len(files)} files joined: number {number} " if len(files) > 1 else ""
        try:
            decoded, described = _decode_part(mend_header(part), sample_rate, left)
        except TooLongError:
            raise
        except AudioError as error:
            errors.append(error)
            warnings.append(f"{which}{error}")
        else:
            parts.append(decoded)
            warnings += [f"{which}{warning}" for warning in described]
            left -= decoded.seconds
    if not parts:
        raise errors[0]
    return parts, warnings


def _decode_part(
    file: Part, sample_rate: int, most_seconds: float
) -> tuple[DecodedAudio, list[str]]:
    """Decode one file, by the first of its loud channels if the channels cancel each other."""
    decoded = _decode(file, DecodedAudio(sample_rate, most_seconds))
    warnings = _describe_damage(file, decoded)
    if decoded.is_cancelled:
        channel = int(np.argmax(decoded.energies > decoded.energies.max() / 2))
        name = "the left one" if channel == 0 else f"number {channel + 1}"
        warnings.append(f"has channels that cancel each other in mono: only {name} is used")
        decoded = _decode(file, DecodedAudio(sample_rate, most_seconds, channel))
    return decoded, warnings


def _open(path: Path) -> BinaryIO:
    try:
        if path.is_dir():
            raise AudioError("is a folder, not a recording")
        if not path.is_file():
            raise AudioError("is not a regular file" if path.exists() else "is missing")
        if path.stat().st_size == 0:
            raise AudioError("is empty (0 bytes)")
        if path.stat().st_size > MAX_RECORDING_BYTES:
            raise AudioError(f"has more than {MAX_RECORDING_BYTES / 1e9:g} GB")
        return path.open("rb")
    except PermissionError:
        raise AudioError("can't be read: permission denied") from None


def _decode(file: Part, decoded: DecodedAudio) -> DecodedAudio:
    """Run libsndfile, and FFmpeg where libsndfile stops early; return what has more sound."""
    other = DecodedAudio(decoded.sample_rate, decoded.most_seconds, decoded.channel)
    run_libsndfile(file, decoded)
    if decoded.is_complete:
        return decoded
    run_ffmpeg(file, other)
    gain = other.seconds - decoded.seconds
    is_mended = decoded.broken and not (other.broken or other.skipped) and gain > -MISSING_SECONDS
    if gain > MISSING_SECONDS or (other.frames and is_mended):
        other.promised = other.promised if decoded.promised is None else decoded.promised
        decoded = other
    if not decoded.frames:
        raise AudioError(explain_no_sound(file) if decoded.broken else "ends after its header")
    return decoded


def _describe_damage(file: Part, decoded: DecodedAudio) -> list[str]:
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
    elif has_strange_end(file):
        warnings.append(f"is damaged: after {decoded.seconds:.1f} s is sound without a beginning")
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
