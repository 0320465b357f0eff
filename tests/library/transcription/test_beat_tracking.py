"""The beats of small songs whose metre is known, from their sound, by the weights that we ship."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mathrock.audio.mel_spectrogram import BANDS, FRAMES_PER_SECOND, mel_spectrogram
from mathrock.demo import metre_songs
from mathrock.evaluation.transcription_metrics import score_beats, score_hits
from mathrock.music.beats import summarize
from mathrock.transcription import rhythm_network
from mathrock.transcription.beat_tracking import track_beats
from mathrock.transcription.drum_detection import detect_drums
from mathrock.transcription.rhythm_network import OUTPUTS

ROOT = Path(__file__).resolve().parents[3]
SOUNDFONT = ROOT / "data/soundfont/rock_gm_fluidr3mono.sf3"
LISTENER = rhythm_network.load(ROOT / "data/listener/rhythm.npz")
SONGS = {
    "5/4": {"metre": "5/4", "bpm": 126},
    "7/8": {"metre": "7/8", "bpm": 150, "seed": 11},
    "3/4": {"metre": "3/4", "bpm": 110, "seed": 12},
    "4/4": {"metre": "4/4", "bpm": 104, "seed": 13},
    "changing": {"metre": "7/8 7/8 5/8 9/8", "bpm": 132, "seed": 14},
    "silence": {"metre": "4/4", "bpm": 140, "silence": 4.0, "seed": 15},
    "rubato": {"metre": "4/4", "bpm": 120, "rubato": 0.06, "seed": 16},
    "tempo change": {"metre": "4/4", "bpm": 120, "then_bpm": 150, "seed": 17},
    "no drums": {"metre": "4/4", "bpm": 120, "drums": False, "seed": 18},
}


@cache
def heard(name):
    score = metre_songs.make(**SONGS[name], seconds=30)
    levels = mel_spectrogram(metre_songs.sound(score, SOUNDFONT))
    return score, levels, LISTENER.predict(levels)


@cache
def tracked(name):
    _, levels, odds = heard(name)
    return track_beats(levels, odds)


@pytest.mark.parametrize("name", SONGS)
def test_beats_are_where_they_were_played(name):
    score = heard(name)[0]
    played = (
        metre_songs.accents(score) if "8" in SONGS[name]["metre"] else metre_songs.quarters(score)
    )
    beats = np.array([beat.time for beat in tracked(name)])
    gaps = np.abs(beats[:, None] - played).min(axis=0)
    assert np.mean(gaps < 0.03) > 0.9


@pytest.mark.parametrize("name", ["5/4", "7/8", "3/4", "4/4"])
def test_the_metre_is_found_and_bar_lines_stand_where_bars_begin(name):
    score = heard(name)[0]
    assert summarize(tracked(name))["metre"] == SONGS[name]["metre"]
    lines = [beat.time for beat in tracked(name) if beat.beat == 1]
    assert score_beats(list(metre_songs.downbeats(score)), lines) > 0.85


def test_changing_metres_are_found():
    score = heard("changing")[0]
    lines = [beat.time for beat in tracked("changing") if beat.beat == 1]
    assert score_beats(list(metre_songs.downbeats(score)), lines) > 0.6


@pytest.mark.parametrize("name", SONGS)
def test_beats_of_clear_songs_are_trusted(name):
    assert summarize(tracked(name))["beat_confidence"] > 0.5


def test_where_nothing_sounds_no_beat_is_sure():
    early = [beat for beat in tracked("silence") if beat.time < 3.5]
    assert early
    assert all(beat.confidence == 0 for beat in early)


def test_a_silent_recording_has_no_sure_beat():
    levels = mel_spectrogram(np.zeros(22050 * 10, np.float32))
    assert all(beat.confidence == 0 for beat in track_beats(levels, LISTENER.predict(levels)))


def test_tempos_are_told():
    assert summarize(tracked("4/4"))["tempo"] == pytest.approx(104, abs=1)
    tempos = [beat.tempo for beat in tracked("tempo change")]
    assert np.median(tempos[:10]) == pytest.approx(120, abs=2)
    assert np.median(tempos[-10:]) == pytest.approx(150, abs=2)


def test_noise_has_no_beats_that_could_be_trusted():
    noise = np.random.default_rng(0).normal(0, 0.1, 22050 * 20).astype(np.float32)
    levels = mel_spectrogram(noise)
    beats = track_beats(levels, LISTENER.predict(levels))
    assert not beats or summarize(beats)["beat_confidence"] < 0.5


SECONDS = pytest.mark.parametrize("seconds", [0, 0.01, 0.1, 0.9, 1.1, 1.6, 2.5, 4])


@SECONDS
@pytest.mark.parametrize("odds", [-20.0, 20.0])
def test_what_is_short_or_silent_has_few_beats_and_is_no_error(seconds, odds):
    frames = round(seconds * FRAMES_PER_SECOND)
    levels = np.zeros((frames, BANDS), np.uint8)
    heard = np.full((frames, len(OUTPUTS)), odds, np.float32)
    beats = track_beats(levels, heard)
    assert all(0 <= beat.time <= seconds for beat in beats)
    assert len(detect_drums(levels, heard, 0.5)) <= 3 * frames


@SECONDS
def test_the_listener_answers_for_every_frame(seconds):
    levels = np.zeros((round(seconds * FRAMES_PER_SECOND), BANDS), np.uint8)
    assert LISTENER.predict(levels).shape == (len(levels), len(OUTPUTS))


def test_beats_are_counted_without_gaps():
    beats = tracked("7/8")
    assert np.all(np.diff([beat.time for beat in beats]) > 0)
    for before, after in pairwise(beats):
        goes_on = (after.bar, after.beat) == (before.bar, before.beat + 1)
        assert goes_on or (after.bar, after.beat) == (before.bar + 1, 1)


def test_kick_snare_and_hat_are_heard():
    score, levels, odds = heard("4/4")
    keys = {"kick": (36,), "snare": (38,), "hat": (42, 46)}
    struck = [note for part in score.parts if part.is_drum for note in part.notes]
    played = {d: sorted(n.onset for n in struck if n.pitch in k) for d, k in keys.items()}
    hits = detect_drums(levels, odds, 0.5)
    found = {drum: [hit.time for hit in hits if hit.drum == drum] for drum in keys}
    assert score_hits(played, found) > 0.6
    assert all(1 <= hit.velocity <= 127 for hit in hits)


def test_without_drums_hardly_any_is_heard():
    _, levels, odds = heard("no drums")
    assert len(detect_drums(levels, odds, 0.5)) < 10
