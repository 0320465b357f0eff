import pytest

import _metre_songs as metre_songs
from mathrock.midifile import Metre, Note, Part, Score, Tempo
from mathrock.scorebeats import beats_of


@pytest.mark.parametrize(
    "knobs",
    [
        {"metre": "7/8"},
        {"metre": "5/4", "then_bpm": 100},
        {"metre": "7/8 7/8 5/8 9/8", "silence": 2.0},
        {"metre": "3/4", "rubato": 0.08},
    ],
)
def test_bars_of_a_score_begin_where_they_were_written(knobs):
    score = metre_songs.make(**knobs)
    lines = [beat.time for beat in beats_of(score) if beat.beat == 1]
    true = metre_songs.downbeats(score)
    assert [min(lines, key=lambda line: abs(line - time)) for time in true] == pytest.approx(
        list(true), abs=1e-3
    )


def test_beats_of_changing_metres_are_numbered():
    notes = [Note(0, 4, 60)]
    score = Score([Part("", notes)], (Tempo(0, 120),), (Metre(0, 3, 4), Metre(1.5, 6, 8)))
    rows = [(b.time, b.bar, b.beat, b.metre, float(b.quarters)) for b in beats_of(score)]
    assert rows == [
        (0.0, 1, 1, "3/4", 1.0),
        (0.5, 1, 2, "3/4", 1.0),
        (1.0, 1, 3, "3/4", 1.0),
        (1.5, 2, 1, "6/8", 1.5),
        (2.25, 2, 2, "6/8", 1.5),
        (3.0, 3, 1, "6/8", 1.5),
        (3.75, 3, 2, "6/8", 1.5),
    ]


def test_tempo_changes_move_the_beats():
    score = Score([Part("", [Note(0, 3, 60)])], (Tempo(0, 120), Tempo(1, 60)))
    assert [(beat.time, beat.tempo) for beat in beats_of(score)] == [
        (0, 120), (0.5, 120), (1, 60), (2, 60)
    ]  # fmt: skip


def test_a_score_without_notes_has_no_beats():
    assert len(beats_of(Score([]))) <= 1
