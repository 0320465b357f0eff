"""Small mp3s for the page: a stretch of a song, as it was recorded and as it was transcribed."""

import tempfile
from pathlib import Path

import numpy as np
import soundfile

from mathrock.atomic import replacing
from mathrock.audiofile import AudioError, read_mono
from mathrock.mastering import match_loudness
from mathrock.midifile import write_score
from mathrock.score import Score
from mathrock.stems import mix, render_stems
from mathrock.synthesis import SAMPLE_RATE

LUFS = -16.0  # what is compared by ear is equally loud
CEILING = 0.98  # of full scale
QUALITY = 0.5  # of libsndfile's variable bit rate, 0 the best: about 60 kbit/s of mono
BLOCK = 1 << 16  # libsndfile's encoders crash on long single writes


def stretch_of(duration: float, seconds: float) -> tuple[float, float]:
    """Where the middle of a song begins and ends, in seconds: as many of them, or the whole."""
    begin = max(0.0, (duration - seconds) / 2)
    return begin, min(duration, begin + seconds)


def recorded(path: str | Path, begin: float, end: float) -> np.ndarray | None:
    """A stretch of a recording, float32 (n, 1) at `SAMPLE_RATE`; None where there is no sound."""
    try:
        samples = read_mono(path, SAMPLE_RATE).samples
    except AudioError:
        return None
    return samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE), None]


def played(
    score: Score, begin: float, end: float, soundfont: str | Path, engine: str
) -> np.ndarray | None:
    """A stretch of a score as the sound font plays it, float32 (n, 1); None where it is silent.

    As long as the stretch: what rings on after it is cut.
    """
    parts = [
        part._replace(
            notes=[
                note._replace(
                    onset=max(note.onset, begin) - begin, offset=min(note.offset, end) - begin
                )
                for note in part.notes
                if note.onset < end and note.offset > begin
            ]
        )
        for part in score.parts
    ]
    if not any(part.notes for part in parts):
        return None
    with tempfile.TemporaryDirectory() as folder:
        write_score(Path(folder, "stretch.mid"), Score([part for part in parts if part.notes]))
        stems, _ = render_stems(Path(folder, "stretch.mid"), soundfont, SAMPLE_RATE, engine)
    length = round((end - begin) * SAMPLE_RATE)
    mono = mix(stems).mean(axis=1, keepdims=True)[:length]
    return np.pad(mono, ((0, length - len(mono)), (0, 0)))


def write_preview(path: str | Path, samples: np.ndarray | None, lufs: float = LUFS) -> None:
    """Write (n, channels) samples at `SAMPLE_RATE` as a small mp3, at most as loud as `lufs`, where
    no sample is beyond full scale; of None an empty file."""
    with replacing(path) as temporary:
        if samples is None or not len(samples):
            temporary.touch()
            return
        level = match_loudness(samples, SAMPLE_RATE, lufs)
        level = level * min(1.0, CEILING / max(float(np.abs(level).max()), 1e-9))
        form = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "VARIABLE"}
        with soundfile.SoundFile(
            temporary, "w", SAMPLE_RATE, level.shape[1], compression_level=QUALITY, **form
        ) as file:
            for start in range(0, len(level), BLOCK):
                file.write(level[start : start + BLOCK])
