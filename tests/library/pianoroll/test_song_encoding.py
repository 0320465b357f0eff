import numpy as np
import pytest

from mathrock.demo.metre_songs import make
from mathrock.music.bars import to_rows
from mathrock.music.grid import beat_grid, time_grid
from mathrock.music.score import Note, Part, Score
from mathrock.music.score_bars import bars_of
from mathrock.pianoroll.encoding import decode, encode
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.status import Status

KNOBS = {"kind": "beat", "steps_per_second": 16, "steps_per_beat": 12, "least_confidence": 0.5}
SONG = make("7/8", rubato=0.05, bars=8)
FACTS = {"beat_confidence": 0.9, "metre": "7/8", "notes": 3}
SURE = Status("a", "a.mid", warnings=("is quiet",), facts=FACTS)


def test_trusted_beats_are_the_grid():
    roll, status = encode_song(SONG, SURE, **KNOBS)
    grid = beat_grid(SONG.tempos, 12)
    assert np.array_equal(roll, encode(SONG.pitched_notes, grid, SONG.drum_hits))
    found = status.facts["grid"]
    assert (found["kind"], found["steps_per_beat"]) == ("beat", 12)
    assert found["steps_per_second"] == pytest.approx(len(roll) / grid.seconds(len(roll)))
    assert found["bars"] == to_rows(bars_of(SONG, grid, len(roll)))
    assert [row[0] for row in found["bars"][:3]] == [0, 42, 84]
    assert found["metres"] == [[0.0, 7, 8]]
    assert len(found["tempos"]) == len(SONG.tempos)
    assert found["planes"] == ["sounding", "onset", "velocity", "drum"]
    assert (status.warnings, status.facts["notes"]) == (("is quiet",), 3)


@pytest.mark.parametrize("facts", [{"beat_confidence": 0.314}, {}])
def test_beats_that_cannot_be_trusted_are_left_with_a_warning(facts):
    roll, status = encode_song(SONG, Status("a", "a.mid", facts=facts), **KNOBS)
    assert np.array_equal(roll, encode(SONG.pitched_notes, 16, SONG.drum_hits))
    found = status.facts["grid"]
    assert (found["kind"], found["steps_per_second"]) == ("time", 16)
    assert (found["steps_per_beat"], found["bars"]) == (None, [])
    (warning,) = status.warnings
    confidence = "0.314" if facts else "0.000"
    assert warning == (
        f"its beats can't be trusted (confidence {confidence}, grid.least_confidence is 0.5):"
        " on the time grid instead"
    )


def test_a_song_without_beats_is_never_on_their_grid():
    """Impossible tempos leave a song without; a limit of 0 trusts any others."""
    facts = {"beat_confidence": 0.0}
    _, status = encode_song(
        SONG, Status("a", "a.mid", facts=facts), **KNOBS | {"least_confidence": 0}
    )
    assert (status.facts["grid"]["kind"], status.facts["grid"]["bars"]) == ("time", [])


def test_drums_after_the_last_note_change_nothing_that_models_learn():
    hit = Note(SONG.pitched_notes[-1].offset + 9, SONG.pitched_notes[-1].offset + 9.1, 36)
    longer = Score([*SONG.parts, Part("", [hit], is_drum=True)], SONG.tempos, SONG.metres)
    short, long = (encode_song(song, SURE, **KNOBS)[1].facts["grid"] for song in (SONG, longer))
    assert short == long


def test_a_time_grid_has_bars_too_where_they_can_be_trusted():
    roll, status = encode_song(SONG, SURE, **KNOBS | {"kind": "time"})
    assert len(decode(roll, 16)) == len(decode(encode(SONG.pitched_notes, 16), 16))
    found = status.facts["grid"]
    assert (found["kind"], found["steps_per_beat"], found["steps_per_second"]) == ("time", None, 16)
    assert found["bars"] == to_rows(bars_of(SONG, time_grid(16), len(roll)))
    _, status = encode_song(SONG, Status("a", "a.mid"), **KNOBS | {"kind": "time"})
    assert (status.facts["grid"]["bars"], status.warnings) == ([], ())


def test_a_song_that_cannot_be_used_has_an_empty_roll_and_no_new_warning():
    roll, status = encode_song(Score([]), Status("a", "a.mid").failed("is empty"), **KNOBS)
    assert roll.shape == (0, 128, 4)
    assert status.facts["grid"]["steps_per_second"] == 16
    assert (status.facts["grid"]["bars"], status.warnings) == ([], ())
