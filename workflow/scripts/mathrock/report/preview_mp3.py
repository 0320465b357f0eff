"""Write small mp3s for the page, equally loud, so that listeners can compare them."""

from pathlib import Path

import numpy as np
import soundfile

from mathrock.files.atomic import replacing
from mathrock.files.whole import NOTHING
from mathrock.rendering.mastering import match_loudness

LUFS = -16.0
CEILING = 0.98  # of full scale
QUALITY = 0.5  # of libsndfile's variable bit rate, 0 the best: about 60 kbit/s of mono
BLOCK = 1 << 16  # libsndfile's encoders crash on long single writes


def write_preview(
    path: str | Path, samples: np.ndarray | None, rate: int, lufs: float = LUFS
) -> None:
    """Write (n, channels) float samples, full scale 1, as a small mp3; None as `NOTHING`.

    Args:
        rate: samples a second.
        lufs: the loudness, which is lower where a sample would exceed full scale.
    """
    with replacing(path) as temporary:
        if samples is None or not len(samples):
            temporary.write_bytes(NOTHING)
            return
        level = match_loudness(samples, rate, lufs)
        level = level * min(1.0, CEILING / max(float(np.abs(level).max()), 1e-9))
        form = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "VARIABLE"}
        with soundfile.SoundFile(
            temporary, "w", rate, level.shape[1], compression_level=QUALITY, **form
        ) as file:
            for start in range(0, len(level), BLOCK):
                file.write(level[start : start + BLOCK])
