import numpy as np
import pytest

from bars import bars_of
from mathrock.demo.metre_songs import make
from mathrock.music.score import Metre, Note, Part, Score, Tempo
from score_variation import ODD_METRES, recut, varied

QUARTER = 0.5  # seconds


def eighths(bars=8, metre=(4, 4)):
    """A note on each eighth, whose pitch says which of the song's eighths it is."""
    count = round(bars * 8 * metre[0] / metre[1])
    notes = [Note(i * QUARTER / 2, (i + 0.9) * QUARTER / 2, i) for i in range(count)]
    drums = [Note(i * QUARTER, i * QUARTER + 0.1, 36) for i in range(count // 2)]
    parts = [Part("Guitar", notes, 27), Part("Drums", drums, is_drum=True)]
    return Score(parts, (Tempo(0.0, 120.0),), (Metre(0.0, *metre),))


def test_bars_of_7_8_lack_the_last_eighth_and_keep_the_other_notes():
    song = recut(eighths(), "7/8")
    assert song.metres == (Metre(0.0, 7, 8),)
    notes = song.parts[0].notes
    assert [note.pitch for note in notes] == [i for i in range(64) if i % 8 != 7]
    assert [note.onset for note in notes] == pytest.approx(np.arange(56) * QUARTER / 2)
    assert len(song.parts[1].notes) == 32
    assert np.diff([bar.start for bar in bars_of(song)]) == pytest.approx(3.5)


def test_bars_are_joined():
    song = recut(eighths(), "9/8")
    pitches = [note.pitch for note in song.parts[0].notes]
    assert pitches == [i for i in range(64) if i % 16 < 9]
    assert [bar.metre for bar in bars_of(song)] == ["9/8"] * 4


def test_metres_take_turns():
    song = recut(eighths(4), "7/8 3/4")
    assert [metre[1:] for metre in song.metres] == [(7, 8), (3, 4), (7, 8), (3, 4)]
    assert [metre.time for metre in song.metres] == pytest.approx([0, 1.75, 3.25, 5])
    pitches = [note.pitch for note in song.parts[0].notes]
    assert pitches == [*range(7), *range(8, 14), *range(16, 23), *range(24, 30)]


def test_half_a_bar_is_played_again():
    song = recut(eighths(9), 8 * "4/4 " + "2/4")
    assert [metre[1:] for metre in song.metres] == [(4, 4), (2, 4), (4, 4)]
    pitches = [note.pitch for note in song.parts[0].notes]
    assert pitches == [*range(64), *range(56, 60), *range(64, 72)]


def test_notes_end_with_their_bar():
    song = Score([Part("", [Note(0.0, 1.9, 60), Note(2.0, 3.9, 62)])])
    held = recut(song, "3/4").parts[0].notes
    assert [note.offset for note in held] == pytest.approx([1.5, 3.0])


@pytest.mark.parametrize("metres", ODD_METRES)
def test_other_metres_stay(metres):
    song = eighths(6, (5, 8))
    assert recut(song, metres).metres == song.metres
    assert len(recut(song, metres).parts[0].notes) == len(song.parts[0].notes)


@pytest.mark.parametrize("metres", ODD_METRES)
def test_every_cut_goes_with_a_tempo_that_drifts(metres):
    song = recut(make("4/4", bars=12, rubato=0.05), metres)
    assert len(song.tempos) == 1
    assert {f"{metre.numerator}/{metre.denominator}" for metre in song.metres} <= set(
        metres.split()
    )
    assert all(note.onset < note.offset for part in song.parts for note in part.notes)


def test_speed_and_key():
    song = varied(eighths(), np.random.default_rng(1), speed=2.0)
    assert song.tempos == (Tempo(0.0, 240.0),)
    guitar, drums = song.parts
    assert guitar.notes[-1].onset == pytest.approx(63 * QUARTER / 4)
    shift = guitar.notes[40].pitch - 40
    assert -4 <= shift <= 4
    assert [note.pitch for note in guitar.notes[30:]] == [i + shift for i in range(30, 64)]
    assert {note.pitch for note in drums.notes} == {36}


def test_parts_are_left_out_and_get_other_instruments():
    song = make(bars=4)
    changed = [varied(song, np.random.default_rng(seed)) for seed in range(20)]
    assert {len(score.parts) for score in changed} > {4}
    assert all(any(part.is_drum for part in score.parts) for score in changed)
    programs = {part.program for score in changed for part in score.parts if part.name == "Bass"}
    assert programs > {33}
    assert programs <= set(range(32, 37))
