import numpy as np
import pytest

from mathrock.audio.true_peak import true_peak
from mathrock.rendering.mastering import loudness, master, match_loudness

RATE = 44100
TIME = np.arange(4 * RATE) / RATE


def stereo(signal):
    return np.stack([signal, signal], axis=1).astype(np.float32)


def music(level=0.1):
    """Chords with sharp attacks: its crests are 2.4 dB too high for -14 LUFS."""
    rng = np.random.default_rng(3)
    envelope = np.exp(-2 * (TIME % 0.5))
    tones = sum(np.sin(2 * np.pi * f * TIME) for f in (110, 277.2, 659.3, 1318.5))
    hits = rng.normal(0, 1, len(TIME)) * np.exp(-60 * (TIME % 0.5)) * 2
    return stereo(level * envelope * (tones + hits))


def test_loudness_of_the_reference_tone():
    tone = stereo(np.sin(2 * np.pi * 997 * TIME) * 10 ** (-23 / 20))
    assert loudness(tone, RATE) == pytest.approx(-23.0, abs=0.1)


def test_loudness_of_short_and_silent_samples():
    assert loudness(music()[: RATE // 5], RATE) > -60
    for length in (0, 1, RATE):
        assert loudness(np.zeros((length, 2), np.float32), RATE) == -np.inf


def test_true_peak_sees_between_the_samples():
    signal = stereo(np.sin(2 * np.pi * RATE / 4 * TIME + np.pi / 4) * 0.5)  # samples at 0.354
    assert np.abs(signal).max() == pytest.approx(0.3536, abs=1e-3)
    assert true_peak(signal[1000:-1000], RATE) == pytest.approx(-6.02, abs=0.3)


def test_true_peak_does_not_depend_on_its_blocks():
    samples = np.zeros((150_000, 2), np.float32)
    for at in (0, 65_535, 65_536, 149_999):
        samples[:] = 0
        samples[at, 1] = -0.5
        assert true_peak(samples, RATE) >= -6.03
    assert true_peak(samples * 0, RATE) == -np.inf
    assert true_peak(samples[:0], RATE) == -np.inf


def test_match_loudness():
    samples = music()
    assert loudness(match_loudness(samples, RATE, -20.0), RATE) == pytest.approx(-20, abs=0.01)
    assert match_loudness(samples, RATE, -np.inf) is samples
    silence = np.zeros((RATE, 2), np.float32)
    assert match_loudness(silence, RATE, -20.0) is silence


@pytest.mark.parametrize("level", [0.003, 0.1, 3.0])
def test_master_reaches_loudness_under_the_ceiling(level):
    mastered = master(music(level), RATE)
    assert mastered.dtype == np.float32
    assert mastered.shape == music().shape
    assert loudness(mastered, RATE) == pytest.approx(-14.0, abs=0.2)
    assert true_peak(mastered, RATE) <= -1.0


def test_master_holds_after_rounding_to_16_bits():
    mastered = master(music(), RATE)
    rounded = np.round(mastered * 32767) / 32767
    assert true_peak(rounded, RATE) <= -1.0
    assert loudness(rounded, RATE) == pytest.approx(-14.0, abs=0.2)


def test_what_cannot_get_so_loud_gets_as_loud_as_it_can():
    clicks = np.zeros((2 * RATE, 2), np.float32)
    clicks[:: RATE // 4] = 0.5
    mastered = master(clicks, RATE)
    assert -40 < loudness(mastered, RATE) < -14.2
    assert true_peak(mastered, RATE) <= -1.0


def test_the_ceiling_comes_before_the_loudness():
    mastered = master(music(), RATE, lufs=-4.0, true_peak_db=-3.0)
    assert true_peak(mastered, RATE) <= -3.0


def test_master_leaves_silence_alone_and_repeats_itself():
    silence = np.zeros((RATE, 2), np.float32)
    assert master(silence, RATE) is silence
    assert master(silence[:0], RATE).shape == (0, 2)
    assert np.array_equal(master(music(), RATE), master(music(), RATE))
