import numpy as np
import pytest

from mathrock.demo.metre_songs import make
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.beat_confidence import beat_facts, confidence
from mathrock.music.score import Note, Part, Score, Tempo

TRUSTED = 0.5  # what grid.least_confidence asks for unless it is told otherwise

SONGS = pytest.mark.parametrize(
    ("metre", "knobs", "bpm"),
    [
        ("7/8", {}, 140),
        ("5/4", {"rubato": 0.08}, 140),
        ("11/8", {"bpm": 96, "silence": 0.7}, 96),
        ("12/8", {"drums": False}, 140),
        ("7/8 7/8 5/8 9/8", {"bpm": 173}, 173),
    ],
)


@SONGS
def test_songs_that_keep_to_their_beats_are_trusted(tmp_path, metre, knobs, bpm):
    write_score(tmp_path / "a.mid", make(metre, **knobs))
    facts = beat_facts(read_score(tmp_path / "a.mid"))
    assert facts["beat_confidence"] > 0.85
    assert facts["tempo"] == pytest.approx(bpm, rel=0.03 if "rubato" in knobs else 1e-3)
    assert facts["metre"] == metre.split()[0]


@SONGS
def test_the_same_notes_under_no_tempo_map_of_theirs_are_not(metre, knobs, bpm):
    song = make(metre, **knobs)
    assert beat_facts(Score(song.parts))["beat_confidence"] < 0.2


@pytest.mark.parametrize(("off", "trusted"), [(0.008, True), (0.015, True), (0.045, False)])
def test_players_are_trusted_as_long_as_their_sixteenths_can_be_told_apart(off, trusted):
    rng, song = np.random.default_rng(1), make("7/8", bpm=120)
    loose = lambda note: note._replace(onset=max(0, note.onset + rng.normal(0, off)))  # noqa: E731
    parts = [part._replace(notes=list(map(loose, part.notes))) for part in song.parts]
    found = beat_facts(Score(parts, song.tempos, song.metres))["beat_confidence"]
    assert (found >= TRUSTED) == trusted
    assert abs(found - TRUSTED) > 0.05


@pytest.mark.parametrize("count", [1, 3, 8, 30, 400])
def test_free_times_are_hardly_ever_trusted(count):
    rng = np.random.default_rng(count)
    found = [confidence(rng.uniform(0, count, count).tolist()) for _ in range(300)]
    assert np.mean(np.array(found) >= TRUSTED) <= 0.01


def test_triplets_are_a_grid_too():
    assert confidence([n / 3 for n in range(60)]) > 0.8
    assert confidence([n / 5 for n in range(60)]) == 0


def test_a_grid_beside_the_beats_is_none():
    assert confidence([n / 4 + 0.125 for n in range(60)]) == 0


def test_a_chord_counts_once():
    assert confidence([0, 0.25, 0.5, 0.75] * 9) == confidence([0, 0.25, 0.5, 0.75])


def test_drums_count():
    drums = Part("", [Note(n / 2, n / 2 + 0.1, 36) for n in range(40)], is_drum=True)
    assert beat_facts(Score([drums]))["beat_confidence"] > 0.8


def test_an_impossible_tempo_is_not_trusted():
    part = Part("", [Note(n / 2, n / 2 + 0.1, 60) for n in range(40)])
    for bpm in (3, 60_000_000):
        assert beat_facts(Score([part], (Tempo(0.0, bpm),))) == {"beat_confidence": 0.0}


def test_of_no_notes_nothing_is_known():
    assert beat_facts(Score([])) == {}
