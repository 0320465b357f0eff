import numpy as np
import pytest

from mathrock.music.score import Note
from mathrock.pianoroll import encoding
from mathrock.pianoroll.statistics import roll_statistics


def of(*notes, steps=None):
    roll = encoding.encode(notes, 16)
    if steps:
        roll = np.pad(roll, ((0, steps - len(roll)), (0, 0), (0, 0)))
    return roll_statistics(roll, 16)


def test_density_and_polyphony():
    like = of(Note(0.0, 1.0, 60), Note(0.0, 1.0, 64), Note(1.0, 2.0, 60))
    assert (like["seconds"], like["notes_per_second"], like["mean_polyphony"]) == (2, 1.5, 1.5)


def test_the_longest_silence_may_be_at_the_end():
    assert of(Note(0.5, 1.0, 60), steps=64)["longest_silence"] == 3
    assert of(Note(0.5, 1.0, 60))["longest_silence"] == 0.5


def test_the_longest_note_ends_where_it_is_struck_again():
    assert of(Note(0.0, 2.0, 60), Note(2.0, 5.0, 60), Note(0.0, 1.0, 62))["longest_note"] == 3


def test_crowding_is_the_share_of_steps_with_more_than_ten_notes():
    chord = [Note(0.0, 1.0, 40 + i) for i in range(11)]
    assert of(*chord, steps=64)["crowded"] == 0.25
    assert of(*chord[:10])["crowded"] == 0


@pytest.mark.parametrize("steps", [0, 16, 48])
def test_silence_has_no_notes(steps):
    like = roll_statistics(np.zeros((steps, 128, 2), np.bool_), 16)
    assert like["seconds"] == like["longest_silence"] == steps / 16
    silent = ("notes_per_second", "mean_polyphony", "longest_note", "crowded")
    assert {like[name] for name in silent} == {0}
