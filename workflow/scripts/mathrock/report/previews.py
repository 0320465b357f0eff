"""Make the page's previews of a song: a stretch of the recording and of the transcription."""

import tempfile
from pathlib import Path

import numpy as np

from mathrock.audio.reading import AudioError, read_mono
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Score
from mathrock.rendering.part_rendering import render_stems
from mathrock.rendering.stems import mix
from mathrock.rendering.synthesis import SAMPLE_RATE


def stretch_of(duration: float, seconds: float) -> tuple[float, float]:
    """Choose so many seconds in the middle of a song, or the whole song: begin and end."""
    begin = max(0.0, (duration - seconds) / 2)
    return begin, min(duration, begin + seconds)


def cut_recording(path: str | Path, begin: float, end: float) -> np.ndarray | None:
    """Cut a stretch of a recording, float32 (n, 1) at `SAMPLE_RATE`; None if it is unreadable."""
    try:
        samples = read_mono(path, SAMPLE_RATE).samples
    except AudioError:
        return None
    return samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE), None]


def render_stretch(
    score: Score, begin: float, end: float, soundfont: str | Path, engine: str
) -> np.ndarray | None:
    """Render a stretch of a score with a SoundFont, float32 (n, 1); None where it is silent.

    The sound is as long as the stretch: the tail of the last notes is cut.
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
