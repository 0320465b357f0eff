"""Whatever a recording is like, its beats and drums can be asked for."""

from pathlib import Path

import numpy as np
import pytest

from mathrock import rhythm
from mathrock.drumpeaks import find_hits
from mathrock.rhythm import HEARD
from mathrock.spectrum import BANDS, FRAMES_PER_SECOND
from mathrock.tracking import track_beats

SHIPPED = Path(__file__).resolve().parents[2] / "data/listener/rhythm.npz"
SECONDS = pytest.mark.parametrize("seconds", [0, 0.01, 0.1, 0.9, 1.1, 1.6, 2.5, 4])


@SECONDS
@pytest.mark.parametrize("odds", [-20.0, 20.0])
def test_what_is_short_or_silent_has_few_beats_and_is_no_error(seconds, odds):
    frames = round(seconds * FRAMES_PER_SECOND)
    levels = np.zeros((frames, BANDS), np.uint8)
    heard = np.full((frames, len(HEARD)), odds, np.float32)
    beats = track_beats(levels, heard)
    assert all(0 <= beat.time <= seconds for beat in beats)
    assert len(find_hits(levels, heard, 0.5)) <= 3 * frames


@SECONDS
def test_the_listener_answers_for_every_frame(seconds):
    listener = rhythm.load(SHIPPED)
    levels = np.zeros((round(seconds * FRAMES_PER_SECOND), BANDS), np.uint8)
    assert listener.hear(levels).shape == (len(levels), len(HEARD))
