import numpy as np
import pytest

from mathrock.transcription.pulse_tracking import track_pulses


def odds_at(frames, count):
    """Log-odds that are high at `frames` and low elsewhere."""
    odds = np.full(count, -4.0)
    frames = np.asarray(frames)
    whole = np.rint(frames).astype(int)
    odds[whole] = 3.0
    odds[np.maximum(whole - 1, 0)] = odds[np.minimum(whole + 1, count - 1)] = 0.0
    return odds


def inside(pulses, first, last):
    return pulses[(pulses >= first) & (pulses <= last)]


@pytest.mark.parametrize("step", [12.4, 18.0, 23.7, 41.0])
def test_even_pulses_are_found_whatever_the_tempo(step):
    frames = np.arange(5, 1200, step)
    pulses = track_pulses(odds_at(frames, 1210))
    assert np.abs(inside(pulses, 0, 1205) - frames).max() < 1.0


def test_missing_and_wrong_pulses_change_nothing():
    rng = np.random.default_rng(1)
    frames = np.arange(5, 2000, 20.0)
    heard = np.concatenate([frames[rng.random(len(frames)) < 0.8], rng.uniform(0, 1990, 8)])
    pulses = track_pulses(odds_at(heard, 2000))
    assert np.mean(np.abs(pulses[:, None] - frames).min(axis=0) < 3.0) >= 0.9


def test_a_tempo_that_drifts_is_followed():
    steps = 20 * (1 + 0.15 * np.sin(np.arange(120) / 15))
    frames = 5 + np.cumsum(steps)
    pulses = inside(
        track_pulses(odds_at(frames, int(frames[-1]) + 10)), frames[0] - 3, frames[-1] + 3
    )
    assert len(pulses) == len(frames)
    assert np.abs(pulses - frames).max() < 4.0


def test_a_tempo_that_changes_once_is_followed():
    frames = np.concatenate([np.arange(5, 800, 20.0), np.arange(805, 1600, 27.0)])
    pulses = track_pulses(odds_at(frames, 1610))
    late = inside(pulses, 900, 1600)
    assert np.diff(late) == pytest.approx(27.0, abs=0.5)
    assert np.diff(inside(pulses, 0, 700)) == pytest.approx(20.0, abs=0.5)


def test_silence_is_counted_through():
    frames = np.arange(600, 1500, 21.0)
    pulses = track_pulses(odds_at(frames, 2000))
    assert pulses[0] < 80
    assert pulses[-1] > 1920
    assert np.diff(pulses).max() < 80


def test_times_are_finer_than_frames():
    frames = np.arange(5.4, 1000, 17.3)
    odds = np.full(1010, -6.0)
    for frame in frames:  # a peak whose top lies between two frames
        near = np.arange(int(frame) - 2, int(frame) + 4)
        odds[near] = np.maximum(odds[near], 3 - (near - frame) ** 2)
    assert np.abs(inside(track_pulses(odds), 0, 1005) - frames).max() < 0.3


@pytest.mark.parametrize("count", [90, 150])
def test_the_shortest_songs(count):
    pulses = track_pulses(np.full(count, -5.0))
    assert len(pulses) >= 1
    assert np.all((pulses >= 0) & (pulses < count + 1))
