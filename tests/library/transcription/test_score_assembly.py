import numpy as np
import pytest

from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.beats import Beat
from mathrock.music.drum_hits import Hit
from mathrock.music.score import Note
from mathrock.transcription.score_assembly import assemble_score


def beats(bpm=140.0, begin=0.0, confidence=0.9, bars=6):
    """Beats of 7/8 at so many quarter notes a minute."""
    eighth = 30 / bpm
    return [
        Beat(begin + i * eighth, i // 7 + 1, i % 7 + 1, 7, 8, bpm, confidence, 0.8)
        for i in range(7 * bars)
    ]


NOTES = [Note(0.1, 0.3, 60, 80), Note(0.9, 1.4, 64, 70)]


def test_the_score_is_in_the_songs_own_tempo_and_metre(tmp_path):
    score, facts = assemble_score(NOTES, [Hit(0.0, "kick", 100)], beats())
    assert facts == {
        "tempo": 140.0,
        "metre": "7/8",
        "beat_confidence": 0.9,
        "metre_confidence": 0.8,
    }
    assert [metre[1:] for metre in score.metres] == [(7, 8)]
    assert [tempo.bpm for tempo in score.tempos] == pytest.approx([140])
    assert [part.is_drum for part in score.parts] == [False, True]
    write_score(tmp_path / "a.mid", score)
    read = read_score(tmp_path / "a.mid")
    assert [n.onset for n in read.pitched_notes] == pytest.approx([0.1, 0.9], abs=1e-3)


def test_no_tempo_moves_a_note():
    for rows in (beats(), beats(100, 0.37), []):
        assert assemble_score(NOTES, [], rows)[0].pitched_notes == NOTES


def test_beats_that_are_not_sure_enough_are_not_written():
    score, facts = assemble_score(NOTES, [], beats(confidence=0.3), least_confidence=0.5)
    assert [tuple(tempo) for tempo in score.tempos] == [(0.0, 120.0)]
    assert [metre[1:] for metre in score.metres] == [(4, 4)]
    assert facts["beat_confidence"] == 0.3


def test_a_song_without_beats_is_written_all_the_same():
    score, facts = assemble_score(NOTES, [], [])
    assert facts == {}
    assert score.pitched_notes == NOTES


def test_notes_are_quantised_on_request():
    score, _ = assemble_score(NOTES, [Hit(0.22, "snare", 90)], beats(), quantise=4)
    sixteenth = 15 / 140
    for part in score.parts:
        for note in part.notes:
            assert note.onset / sixteenth == pytest.approx(round(note.onset / sixteenth), abs=1e-6)
            assert note.offset - note.onset >= sixteenth - 1e-9
    assert [note.velocity for note in score.pitched_notes] == [80, 70]


def test_quantised_notes_keep_to_the_bar_lines_of_odd_metres():
    rng = np.random.default_rng(2)
    onsets = np.sort(rng.uniform(0, 8, 40))
    notes = [Note(float(onset), float(onset) + 0.2, 60 + i) for i, onset in enumerate(onsets)]
    score, _ = assemble_score(notes, [], beats(), quantise=3)
    moved = np.array([note.onset for note in sorted(score.pitched_notes, key=lambda n: n.pitch)])
    place = 20 / 140  # a third of a quarter
    bar = 3.5 * 60 / 140
    since_line = moved % bar
    off = np.abs(since_line / place - np.rint(since_line / place))
    assert np.all((off < 1e-6) | (np.abs(since_line - bar) < 1e-6))
    assert np.abs(moved - onsets).max() <= place / 2 + 1e-9
