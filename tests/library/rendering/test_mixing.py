import numpy as np
import pytest

from mathrock.audio.true_peak import true_peak
from mathrock.rendering.mastering import loudness, match_loudness
from mathrock.rendering.mixing import mix_down
from mathrock.rendering.stems import mix

RATE = 44100
CHAINS = {
    "dirty": [{"Distortion": {"drive_db": 30}}],
    "space": [{"Reverb": {"room_size": 0.7, "wet_level": 0.4}}],
}


def tone(frequency, level, seconds=2.0):
    time = np.arange(round(seconds * RATE)) / RATE
    signal = level * np.sin(2 * np.pi * frequency * time) * (0.6 + 0.4 * np.sin(7 * time))
    return np.stack([signal, signal], axis=1).astype(np.float32)


def band():
    return {"guitar": tone(440, 0.05), "bass": tone(100, 0.2, 1.5)}


def amount(samples, frequency):
    spectrum = np.abs(np.fft.rfft(samples[: 2 * RATE, 0]))
    return 20 * np.log10(spectrum[2 * frequency])


def test_the_song_has_the_loudness_and_the_ceiling():
    song = mix_down(band(), RATE, CHAINS, {"guitar": "dirty", "bass": "space"}, "space")
    assert song.dtype == np.float32
    assert loudness(song, RATE) == pytest.approx(-14.0, abs=0.2)
    assert true_peak(song, RATE) <= -1.0
    assert len(song) > 2 * RATE  # the tail


def test_a_chain_leaves_the_balance_as_it_was():
    dry = mix(band())
    wet = mix_down(band(), RATE, CHAINS, {"guitar": "dirty"}, None)
    difference = [amount(x, 440) - amount(x, 100) for x in (dry, wet)]
    assert difference[1] == pytest.approx(difference[0], abs=2.0)
    assert amount(wet, 1320) - amount(dry, 1320) > 20  # yet it is distorted


def test_without_chains_it_is_the_mix_at_another_level():
    song = mix_down(band(), RATE, {}, {}, None, lufs=-20.0)
    expected = match_loudness(mix(band()), RATE, -20.0)
    assert np.allclose(song, expected, rtol=0.02, atol=1e-4)


def test_the_effect_does_not_depend_on_the_level_of_the_song():
    quiet = {part: samples * np.float32(0.05) for part, samples in band().items()}
    chains = [mix_down(stems, RATE, CHAINS, {"guitar": "dirty"}, None) for stems in (quiet, band())]
    assert np.allclose(*chains, atol=0.01)


def test_memory_is_given_back_and_the_result_repeats():
    stems = band()
    first = mix_down(stems, RATE, CHAINS, {"guitar": "dirty"}, "space")
    assert stems == {}
    assert np.array_equal(first, mix_down(band(), RATE, CHAINS, {"guitar": "dirty"}, "space"))


def test_no_stems_and_silent_stems():
    assert mix_down({}, RATE, CHAINS, {"guitar": "dirty"}, "space").shape == (0, 2)
    silent = {"guitar": np.zeros((RATE, 2), np.float32)}
    assert not mix_down(silent, RATE, CHAINS, {"guitar": "dirty"}, "space").any()
