from pathlib import Path

from mathrock.transcription import note_filter
from mathrock.transcription.filter_effects import describe_filter_effects
from mathrock.transcription.note_creation import create_notes

JUDGE = note_filter.load(Path(__file__).resolve().parents[3] / "data/listener/note_filter.npz")
PLAIN = {"note_filter": 0, "instrument": "any", "lowest_pitch": 21, "highest_pitch": 108}


def told(heard, **knobs):
    knobs = {**PLAIN, **knobs}
    return describe_filter_effects(
        heard, knobs, JUDGE, create_notes(heard, **knobs, classifier=JUDGE)
    )


def test_a_step_that_is_off_tells_nothing(heard):
    assert told(heard) == []


def test_each_step_tells_what_it_did(heard):
    plain, filtered = (
        len(create_notes(heard, **PLAIN | {"note_filter": share}, classifier=JUDGE))
        for share in (0, 0.35)
    )
    sentence = f"the note filter made {filtered} notes where there were {plain}"
    assert told(heard, note_filter=0.35) == [sentence]
    by_filter, by_range = told(heard, note_filter=0.35, instrument="bass")
    assert by_range.endswith(f"where there were {filtered}")
    assert by_range.startswith("the pitch range made ")
    assert by_filter.startswith("the note filter made ")
