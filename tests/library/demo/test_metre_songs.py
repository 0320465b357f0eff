from pathlib import Path

import numpy as np
import pytest

from mathrock.demo import metre_songs
from mathrock.demo.metre_songs import Clock, accents, downbeats, make, quarters, sound
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score

SOUNDFONT = Path(__file__).resolve().parents[3] / "data/soundfont/rock_gm_fluidr3mono.sf3"
CHANGING = "7/8 7/8 5/8 9/8"
CASES = {
    "5/4": {"metre": "5/4"},
    "7/8": {},
    "11/8": {"metre": "11/8", "seed": 3},
    "4/4": {"metre": "4/4", "drums": False},
    "3/4": {"metre": "3/4", "silence": 2.0, "then_bpm": 100},
    "6/8": {"metre": "6/8", "rubato": 0.08},
    "changing": {"metre": CHANGING, "silence": 5.0},
    "all": {"metre": CHANGING, "silence": 0.4, "then_bpm": 180, "rubato": 0.08, "seconds": 30},
}
every_case = pytest.mark.parametrize("knobs", CASES.values(), ids=CASES)


def onsets(score, drums=False):
    parts = [part for part in score.parts if part.is_drum == drums]
    return np.array(sorted(note.onset for part in parts for note in part.notes))


@every_case
def test_notes_lie_on_the_sixteenths_that_the_tempo_map_tells(knobs):
    score = make(**knobs)
    clock = Clock(score.tempos)
    bar_starts = np.array([clock.quarters(time) for time in downbeats(score)])
    for onset in onsets(score):
        place = clock.quarters(onset)
        slot = 4 * (place - bar_starts[max(0, np.sum(bar_starts <= place + 0.02) - 1)])
        assert slot == pytest.approx(round(slot), abs=0.08)


@every_case
def test_the_last_bar_begins_with_the_last_chord(knobs):
    score = make(**knobs)
    if "seconds" not in knobs:
        longest = max(note.offset - note.onset for part in score.parts for note in part.notes)
        held = [n for part in score.parts for n in part.notes if n.offset - n.onset > longest / 2]
        assert min(note.onset for note in held) == pytest.approx(downbeats(score)[-1], abs=0.006)


@every_case
def test_survives_midi(knobs, tmp_path):
    score = make(**knobs)
    write_score(tmp_path / "a.mid", score)
    written = read_score(tmp_path / "a.mid")
    assert downbeats(written) == pytest.approx(downbeats(score), abs=0.002)
    assert quarters(written) == pytest.approx(quarters(score), abs=0.002)
    assert onsets(written) == pytest.approx(onsets(score), abs=0.002)
    assert [metre[1:] for metre in written.metres] == [metre[1:] for metre in score.metres]


@every_case
def test_the_arguments_decide(knobs):
    assert make(**knobs) == make(**knobs)
    assert make(**{**knobs, "seed": 9}) != make(**knobs)


def test_bars_beats_and_accents_of_a_plain_song():
    score = make("7/8", bpm=140, bars=24)
    assert downbeats(score) == pytest.approx(np.arange(25) * 1.5)
    assert quarters(score)[:4] == pytest.approx(np.arange(4) * 60 / 140)
    assert accents(score)[:4] == pytest.approx(np.array([0, 2, 4, 7]) * 30 / 140)
    assert [part.name for part in score.parts] == ["Guitar L", "Guitar R", "Bass", "Drums"]


def test_changing_metres():
    lengths = np.diff(downbeats(make(CHANGING, bpm=120)))
    assert lengths == pytest.approx(np.tile([1.75, 1.75, 1.25, 2.25], 6))


def test_silence_comes_before_the_first_bar():
    score = make("5/4", silence=4.3)
    assert downbeats(score)[0] == quarters(score)[0] == pytest.approx(4.3)
    assert onsets(score)[0] == pytest.approx(4.3, abs=0.005)
    assert Clock(score.tempos).quarters(4.3) / 5 == pytest.approx(2)  # bars, by their own tempo


def test_the_tempo_changes_on_a_bar_line_in_the_middle():
    score = make("7/8", bpm=140, then_bpm=100)
    assert [tempo.bpm for tempo in score.tempos] == [140, 100]
    change = score.tempos[1].time
    assert np.abs(downbeats(score) - change).min() < 1e-6
    assert 0.3 < change / onsets(score)[-1] < 0.6


def test_rubato_keeps_within_its_share():
    speeds = [tempo.bpm for tempo in make("4/4", bpm=100, bars=60, rubato=0.08).tempos]
    assert 92 <= min(speeds) < 94
    assert 106 < max(speeds) <= 108
    assert np.abs(np.diff(speeds)).max() < 4


@pytest.mark.parametrize("seconds", [30, 1200])
def test_a_song_can_be_cut_to_a_length(seconds):
    score = make("11/8", seconds=seconds, silence=1.5)
    ends = [note.offset for part in score.parts for note in part.notes]
    assert seconds - 2 < max(ends) <= seconds
    assert max(np.concatenate([downbeats(score), quarters(score)])) <= seconds


def test_sound_begins_with_the_song():
    score = make("7/8", bars=4, silence=1.0)
    samples = sound(score, SOUNDFONT)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-4)
    assert np.abs(samples[: round(0.99 * metre_songs.SAMPLE_RATE)]).max() < 0.01
    assert np.abs(samples[round(metre_songs.SAMPLE_RATE) :][:2000]).max() > 0.1


def test_without_drums():
    score = make(drums=False)
    assert not onsets(score, drums=True).size
