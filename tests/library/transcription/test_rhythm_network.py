import numpy as np
import pytest

from mathrock.audio.mel_spectrogram import BANDS
from mathrock.transcription import rhythm_network
from mathrock.transcription.rhythm_network import OUTPUTS, TAPS, RhythmNetwork, normalise_levels


def listener(channels=4, blocks=3, seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(3, BANDS, 5), (3, 5, channels)]
    shapes += blocks * [(TAPS, channels, channels), (1, channels, channels)]
    shapes += [(1, channels, len(OUTPUTS))]
    return RhythmNetwork(
        [
            (
                rng.normal(0, 0.3, shape).astype(np.float32),
                rng.normal(0, 0.1, shape[-1]).astype(np.float32),
            )
            for shape in shapes
        ]
    )


def noise(frames, seed=1):
    return np.random.default_rng(seed).integers(20, 200, (frames, BANDS)).astype(np.uint8)


@pytest.mark.parametrize("stretch", [1, 7, 64, 99, 100, 101])
def test_blockwise_is_as_whole(monkeypatch, stretch):
    levels = noise(100)
    whole = listener().predict(levels)
    monkeypatch.setattr(rhythm_network, "_STRETCH", stretch)
    assert listener().predict(levels) == pytest.approx(whole, abs=1e-4)


def test_answers_depend_on_what_lies_within_reach_alone():
    levels = noise(200)
    other = levels.copy()
    other[100] = levels[101]
    changed = np.flatnonzero(
        np.abs(listener().predict(levels) - listener().predict(other)).max(axis=1)
    )
    reach = 2 + 2 * (1 + 2 + 4)
    assert 100 - reach <= changed.min() < 100 < changed.max() <= 100 + reach


def test_a_louder_recording_is_heard_alike():
    levels = noise(80)
    assert listener().predict(levels + np.uint8(50)) == pytest.approx(
        listener().predict(levels), abs=1e-4
    )


def test_nothing_is_heard_in_nothing():
    assert listener().predict(np.zeros((0, BANDS), np.uint8)).shape == (0, len(OUTPUTS))


def test_spectra_are_scaled_within_limits():
    seen = normalise_levels(noise(50))
    assert seen.dtype == np.float32
    assert seen.min() >= -1.5
    assert seen.max() <= 2.5
    assert normalise_levels(np.zeros((3, BANDS), np.uint8)) == pytest.approx(2.0)


def test_weights_come_back(tmp_path):
    one = listener()
    rhythm_network.save(tmp_path / "rhythm.npz", one)
    back = rhythm_network.load(tmp_path / "rhythm.npz")
    assert len(back.layers) == len(one.layers)
    for mine, theirs in zip(one.layers, back.layers, strict=True):
        for a, b in zip(mine, theirs, strict=True):
            assert b.dtype == np.float32
            assert b == pytest.approx(a, abs=1e-3)
