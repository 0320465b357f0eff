"""Mix, write and read stems: the sound of each part by itself, for effects of its own."""

from pathlib import Path

import numpy as np
import soundfile

from mathrock.files.atomic import replacing
from mathrock.files.damage import reading

PARTS = ("guitar", "bass", "drums", "other")  # the order of the channel pairs in a stems file
BLOCK = 1 << 16


def mix(stems: dict[str, np.ndarray]) -> np.ndarray:
    """Add up stems of any lengths: (n, 2) float32, empty where there are none."""
    length = max((len(samples) for samples in stems.values()), default=0)
    total = np.zeros((length, 2), np.float32)
    for samples in stems.values():
        total[: len(samples)] += samples
    return total


def write_stems(path: str | Path, stems: dict[str, np.ndarray], sample_rate: int) -> None:
    """Write stems of one length as an 8-channel FLAC of 24 bits: two channels for each of PARTS."""
    length = max([1, *(len(samples) for samples in stems.values())])  # an empty FLAC is unreadable
    with (
        replacing(path) as temporary,
        soundfile.SoundFile(
            temporary, "w", sample_rate, 2 * len(PARTS), "PCM_24", format="FLAC"
        ) as file,
    ):
        for start in range(0, length, BLOCK):
            block = np.zeros((min(BLOCK, length - start), 2 * len(PARTS)), np.float32)
            for index, part in enumerate(PARTS):
                if part in stems:
                    block[:, 2 * index : 2 * index + 2] = stems[part][start : start + BLOCK]
            file.write(block)


def read_stems(path: str | Path) -> tuple[dict[str, np.ndarray], int]:
    """Read what `write_stems` wrote: the parts that sound, (n, 2) float32, and the sample rate."""
    with reading(path), soundfile.SoundFile(path) as file:
        stems = {part: np.zeros((file.frames, 2), np.float32) for part in PARTS}
        sounding = set()
        for start in range(0, file.frames, BLOCK):
            block = file.read(BLOCK, dtype="float32")
            if len(block) < min(BLOCK, file.frames - start):
                raise ValueError("there is less sound than the header says")
            for index, part in enumerate(PARTS):
                pair = block[:, 2 * index : 2 * index + 2]
                if pair.any():
                    stems[part][start : start + len(block)] = pair
                    sounding.add(part)
        return {part: stems[part] for part in PARTS if part in sounding}, file.samplerate
