import numpy as np
import pytest
import soundfile

from mathrock.files.whole import is_nothing
from mathrock.music.score import Note, Part, Score
from mathrock.rendering.mastering import loudness
from mathrock.rendering.synthesis import SAMPLE_RATE
from mathrock.report.preview_mp3 import LUFS, write_preview
from mathrock.report.previews import cut_recording, render_stretch, stretch_of

SOUNDFONT = "data/soundfont/rock_gm_fluidr3mono.sf3"


@pytest.mark.parametrize(
    ("duration", "seconds", "stretch"),
    [(100, 30, (35, 65)), (20, 30, (0, 20)), (30, 30, (0, 30)), (0, 30, (0, 0))],
)
def test_a_stretch_is_the_middle(duration, seconds, stretch):
    assert stretch_of(duration, seconds) == stretch


def test_a_stretch_of_a_recording(snippet_wav):
    samples = cut_recording(snippet_wav, 2, 5)
    assert samples.shape == (3 * SAMPLE_RATE, 1)
    whole = cut_recording(snippet_wav, 0, 8)
    assert np.array_equal(samples, whole[2 * SAMPLE_RATE : 5 * SAMPLE_RATE])


def test_a_recording_without_sound_is_none(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"")
    assert cut_recording(tmp_path / "a.mp3", 0, 1) is None


def test_a_stretch_of_a_score_is_in_time_with_the_recording():
    notes = [Note(0, 0.5, 60), Note(3, 3.5, 60), Note(9, 9.5, 60)]
    sound = render_stretch(Score([Part("", notes, 27)]), 2.5, 4.5, SOUNDFONT, "tinysoundfont")
    assert sound.shape == (2 * SAMPLE_RATE, 1)
    heard = np.abs(sound[:, 0]) > 1e-3
    assert heard.argmax() / SAMPLE_RATE == pytest.approx(0.5, abs=0.03)


def test_a_silent_stretch_is_none():
    assert (
        render_stretch(Score([Part("", [Note(0, 1, 60)])]), 2, 4, SOUNDFONT, "tinysoundfont")
        is None
    )


def test_previews_are_equally_loud(tmp_path):
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE)[:, None]
    for level in (0.01, 0.5):
        write_preview(tmp_path / "a.mp3", (level * tone).astype(np.float32), SAMPLE_RATE)
        samples, rate = soundfile.read(tmp_path / "a.mp3", always_2d=True)
        assert loudness(samples, rate) == pytest.approx(LUFS, abs=0.5)


def test_a_preview_of_nothing_says_so(tmp_path):
    write_preview(tmp_path / "a.mp3", None, SAMPLE_RATE)
    write_preview(tmp_path / "b.mp3", np.zeros((0, 2), np.float32), SAMPLE_RATE)
    assert all(map(is_nothing, tmp_path.glob("*.mp3")))


def test_a_preview_of_silence_plays(tmp_path):
    write_preview(tmp_path / "a.mp3", np.zeros((SAMPLE_RATE, 2), np.float32), SAMPLE_RATE)
    assert soundfile.info(tmp_path / "a.mp3").duration == pytest.approx(1, abs=0.1)
