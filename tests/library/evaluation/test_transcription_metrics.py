import csv

import pytest

from mathrock.evaluation.transcription_metrics import score_notes, without_doubled, write_scores
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score

NOTES = [Note(i * 0.5, i * 0.5 + 0.4, 50 + i) for i in range(8)]


def test_the_same_notes_are_perfect():
    assert set(score_notes(NOTES, NOTES).values()) == {1}


def test_no_notes_score_nothing():
    for sides in ((NOTES, []), ([], NOTES), ([], [])):
        assert set(score_notes(*sides).values()) == {0}


def test_missing_and_wrong_notes_are_told_apart():
    found = [*NOTES[:4], Note(0.2, 0.6, 90)]
    result = score_notes(NOTES, found)
    assert (result["precision"], result["recall"]) == (0.8, 0.5)


@pytest.mark.parametrize(("late", "f1"), [(0.04, 1), (0.06, 0)])
def test_an_onset_is_right_within_50_ms(late, f1):
    moved = [note._replace(onset=note.onset + late) for note in NOTES]
    assert score_notes(NOTES, moved)["onset_f1"] == f1


def test_offsets_count_in_one_measure_only():
    short = [note._replace(offset=note.onset + 0.1) for note in NOTES]
    result = score_notes(NOTES, short)
    assert (result["onset_f1"], result["onset_offset_f1"]) == (1, 0)


def test_a_semitone_off_is_wrong():
    assert (
        score_notes(NOTES, [note._replace(pitch=note.pitch + 1) for note in NOTES])["recall"] == 0
    )


def test_a_pitch_that_two_parts_strike_counts_once():
    doubled = [*NOTES, Note(0.02, 0.4, 50), Note(0.2, 0.4, 50)]
    assert without_doubled(doubled) == sorted([*NOTES, Note(0.2, 0.4, 50)])


def test_a_table_with_a_row_each_and_the_means(tmp_path):
    drums = Part("Drums", [Note(0.0, 0.1, 36)], is_drum=True)
    write_score(tmp_path / "a.mid", Score([Part("Guitar", NOTES), drums]))
    write_score(tmp_path / "b.mid", Score([Part("Guitar", NOTES[:4])]))
    files = [str(tmp_path / name) for name in ("a.mid", "b.mid")]
    write_scores(tmp_path / "scores.tsv", files, [files[0], files[0]])
    with (tmp_path / "scores.tsv").open() as file:
        a, b, mean = csv.DictReader(file, delimiter="\t")
    assert (a["song"], a["notes"], a["found"], a["onset_f1"]) == ("a", "8", "8", "1")
    assert (b["precision"], b["recall"]) == ("0.5", "1")
    assert (mean["song"], mean["precision"]) == ("mean", "0.75")
