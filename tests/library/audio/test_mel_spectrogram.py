import numpy as np
import pytest

from mathrock.audio.mel_spectrogram import (
    BANDS,
    FLOOR_DB,
    FRAMES_PER_SECOND,
    HIGHEST,
    HOP,
    LOWEST,
    RESOLUTION_DB,
    SAMPLE_RATE,
    WINDOW,
    mel_spectrogram,
)


def mel(hertz):
    return 2595 * np.log10(1 + hertz / 700)


def middles():
    """Hertz in the middle of each band."""
    edges = np.linspace(mel(LOWEST), mel(HIGHEST), BANDS + 2)[1:-1]
    return 700 * (10 ** (edges / 2595) - 1)


def sine(hertz, decibels=0.0, seconds=0.5):
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def decibels(levels):
    return FLOOR_DB + RESOLUTION_DB * levels.astype(float)


@pytest.mark.parametrize("band", [20, 35, 50, 63])
@pytest.mark.parametrize("level", [0.0, -40.0])
def test_a_sine_is_loudest_in_its_band(band, level):
    frame = decibels(mel_spectrogram(sine(middles()[band], level))[20])
    assert frame.argmax() == band
    assert frame[band] == pytest.approx(level, abs=3)
    assert frame[(np.arange(BANDS) < band - 4) | (np.arange(BANDS) > band + 4)].max() < level - 30


def test_twice_as_loud_is_6_decibels_more():
    soft, loud = (mel_spectrogram(sine(1000, level))[20] for level in (-26, -20))
    top = loud.argmax()
    assert (int(loud[top]) - int(soft[top])) * RESOLUTION_DB == pytest.approx(6, abs=RESOLUTION_DB)


@pytest.mark.parametrize("frame", [0, 7, 40])
def test_a_click_is_loudest_in_its_frame(frame):
    samples = np.zeros(50 * HOP, np.float32)
    samples[frame * HOP] = 1
    levels = mel_spectrogram(samples)
    assert levels.sum(axis=1, dtype=int).argmax() == frame
    far = np.abs(np.arange(50) - frame) * HOP > WINDOW // 2
    assert not levels[far].any()


def test_silence_is_0():
    levels = mel_spectrogram(np.zeros(3000, np.float32))
    assert levels.dtype == np.uint8
    assert not levels.any()


@pytest.mark.parametrize(
    ("samples", "frames"), [(0, 0), (1, 1), (HOP, 1), (HOP + 1, 2), (SAMPLE_RATE, 87)]
)
def test_a_frame_for_every_hop_that_has_begun(samples, frames):
    assert mel_spectrogram(np.ones(samples, np.float32)).shape == (frames, BANDS)
    assert pytest.approx(86.13, abs=0.01) == FRAMES_PER_SECOND


def test_long_recordings_are_worked_on_in_blocks_without_seams():
    samples = np.random.default_rng(0).normal(0, 0.1, 4200 * HOP).astype(np.float32)
    whole, end = mel_spectrogram(samples), mel_spectrogram(samples[4000 * HOP :])
    assert np.abs(whole[4010:].astype(int) - end[10:]).max() <= 1
