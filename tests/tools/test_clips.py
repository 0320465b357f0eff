import numpy as np
import pytest

from clips import Clip, clip_of, events_of
from mathrock.audio.mel_spectrogram import BANDS, FRAMES_PER_SECOND
from mathrock.demo.metre_songs import make
from mathrock.music.score import Note, Part, Score
from mathrock.transcription.rhythm_network import OUTPUTS

BAR = 7 / 2 * 60 / 140  # seconds of a bar of 7/8 at 140


def test_events_of_7_8_are_where_they_should_be():
    events = events_of(make("7/8", bpm=140, bars=8))
    assert tuple(events) == OUTPUTS
    assert events["downbeat"][:8] == pytest.approx(np.arange(8) * BAR)
    assert events["eighth"][:56] == pytest.approx(np.arange(56) * BAR / 7)
    groups = np.array([0, 2, 4]) / 7  # two, two and three eighths
    assert events["beat"][:24] == pytest.approx(
        np.add.outer(np.arange(8) * BAR, groups * BAR).ravel()
    )


def test_events_follow_the_tempo_and_begin_with_the_music():
    song = make("3/4", bpm=120, bars=8, silence=2.0, then_bpm=90)
    events = events_of(song)
    assert events["downbeat"][:3] == pytest.approx([2.0, 3.5, 5.0])
    assert events["eighth"][0] == pytest.approx(2.0)
    assert np.diff(events["downbeat"])[-2] == pytest.approx(2.0)


def test_drums_are_told_by_their_keys():
    keys = (35, 36, 38, 40, 42, 46, 49, 51)
    drums = [Note(i * 0.5, i * 0.5 + 0.1, key) for i, key in enumerate(keys)]
    guitar = [Note(0.0, 4.0, 36)]
    events = events_of(Score([Part("", drums, is_drum=True), Part("", guitar)]))
    assert events["kick"].tolist() == [0, 0.5]
    assert events["snare"].tolist() == [1, 1.5]
    assert events["hat"].tolist() == [2, 2.5]


def test_a_clip_is_a_stretch_of_a_song():
    song = make("7/8", bpm=140, bars=8)
    clip = clip_of(song, np.random.default_rng(0), seconds=3.0)
    assert clip.levels.dtype == np.uint8
    assert clip.levels.shape[1] == BANDS
    assert 3.0 <= len(clip.levels) / FRAMES_PER_SECOND <= 4.1
    assert len(clip.events["downbeat"]) == 2
    assert np.diff(clip.events["downbeat"]) == pytest.approx(BAR)
    assert all(((times >= 0) & (times < 3.0)).all() for times in clip.events.values())


def test_the_sound_is_where_the_events_are():
    drums = [Note(at, at + 0.1, 38) for at in np.arange(0.5, 6, 0.5)]
    clip = clip_of(Score([Part("", drums, is_drum=True)]), np.random.default_rng(7), seconds=2.0)
    at = np.rint(clip.events["snare"] * FRAMES_PER_SECOND).astype(int)
    rises = np.diff(clip.levels.astype(int), axis=0).clip(0).sum(axis=1)
    heard = [rises[max(0, frame - 3) : frame + 4].max() for frame in at if frame > 3]
    assert min(heard) > 4 * np.median(rises)


@pytest.mark.parametrize("seed", range(12))
def test_random_effects_keep_the_sound_finite(seed):
    notes = [Note(0.0, 0.3, 40), Note(0.3, 0.6, 47)]
    clip = clip_of(Score([Part("", notes, 30)]), np.random.default_rng(seed), seconds=1.0)
    assert isinstance(clip, Clip)
    assert clip.levels.max() > 100


def test_nothing_comes_of_silence():
    assert clip_of(Score([Part("", [])]), np.random.default_rng(0)) is None
