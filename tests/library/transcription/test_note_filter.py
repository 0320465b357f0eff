from pathlib import Path

import numpy as np
import pytest

from mathrock.demo import metre_songs
from mathrock.evaluation.transcription_metrics import score_notes, without_doubled
from mathrock.transcription import basic_pitch, note_filter
from mathrock.transcription.basic_pitch import SCALE
from mathrock.transcription.note_creation import create_notes
from mathrock.transcription.note_filter import (
    FEATURES,
    INTERVALS,
    MOMENTS,
    NoteFilter,
    onset_features,
)

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "data/listener/note_filter.npz"
SOUNDFONT = ROOT / "data/soundfont/rock_gm_fluidr3mono.sf3"
HERE = MOMENTS.index(0) * len(INTERVALS) + INTERVALS.index(0)  # the onset itself


def linear(column=None, bias=0.0):
    """A network of one layer that looks at one feature, or at none."""
    weights = np.zeros((FEATURES, 1), np.float32)
    if column is not None:
        weights[column] = 1
    return [(weights, np.array([bias], np.float32))]


def heard_notes(*notes, frames=200):
    """Activations in which (frame, pitch, strength) are struck and sound for 30 frames."""
    heard = basic_pitch.empty(frames)
    for frame, pitch, strength in notes:
        heard.onset[frame, pitch - 21] = round(strength * SCALE)
        heard.note[frame : frame + 30, pitch - 21] = round(0.8 * SCALE)
    return heard


def test_the_onset_itself_is_among_the_features():
    onsets, note = np.zeros((2, 50, 88), np.float32)
    onsets[20, 40] = 0.7
    seen = onset_features(onsets, note, np.array([[20, 40], [30, 40]]))
    assert seen.shape == (2, FEATURES)
    assert seen[0, HERE] == np.float32(0.7)
    assert seen[1, HERE] == 0


def test_an_octave_below_is_among_the_features():
    onsets, note = np.zeros((2, 50, 88), np.float32)
    onsets[20, 28] = 0.7
    seen = onset_features(onsets, note, np.array([[20, 40]]))
    column = MOMENTS.index(0) * len(INTERVALS) + INTERVALS.index(-12)
    assert seen[0, column] == np.float32(0.7)


@pytest.mark.parametrize("place", [(0, 0), (49, 87)])
def test_corners_of_the_plane_have_features(place):
    planes = np.full((2, 50, 88), 0.5, np.float32)
    assert np.isfinite(onset_features(*planes, np.array([place]))).all()


def test_a_network_is_what_its_layers_say():
    layers = [
        (np.full((FEATURES, 2), 0.5, np.float32), np.array([0, -1e9], np.float32)),
        (np.array([[2], [3]], np.float32), np.array([1], np.float32)),
    ]
    planes = np.zeros((2, 9, 88), np.float32)
    chances, late = NoteFilter(layers, layers).classify(*planes, np.array([[4, 44]]))
    assert late == pytest.approx([2 * 0.5 * 0.5 + 1])  # the height of the pitch is 0.5
    assert chances == pytest.approx(1 / (1 + np.exp(-late)))


def test_the_filter_replaces_the_threshold():
    heard = heard_notes((20, 60, 0.9), (80, 62, 0.45))
    assert create_notes(heard, onset_threshold=0.95) == []
    everything = NoteFilter(linear(bias=9), linear())
    assert [
        n.pitch
        for n in create_notes(heard, onset_threshold=0.95, note_filter=0.5, classifier=everything)
    ] == [60, 62]
    nothing = NoteFilter(linear(bias=-9), linear())
    assert create_notes(heard, note_filter=0.5, classifier=nothing) == []


def test_without_the_knob_the_filter_is_not_asked():
    heard = heard_notes((20, 60, 0.9))
    assert create_notes(heard, note_filter=0, classifier=NoteFilter([], [])) == create_notes(heard)


def test_notes_heard_late_are_moved():
    heard = heard_notes((100, 60, 0.9))
    (on_time,), (late,) = (
        create_notes(heard, note_filter=0.5, classifier=NoteFilter(linear(bias=9), linear(bias=by)))
        for by in (0, 0.03)
    )
    assert late.onset == pytest.approx(on_time.onset - 0.03)
    assert late.offset == on_time.offset


def test_no_note_is_moved_before_the_start_or_behind_its_end():
    heard = heard_notes((2, 60, 0.9))
    for by in (5, -5):
        (note,) = create_notes(
            heard, note_filter=0.5, classifier=NoteFilter(linear(bias=9), linear(bias=by))
        )
        assert 0 <= note.onset < note.offset


def test_pitch_range_holds_with_the_filter():
    heard = heard_notes((20, 60, 0.9), (80, 30, 0.9))
    everything = NoteFilter(linear(bias=9), linear())
    notes = create_notes(heard, note_filter=0.5, classifier=everything, lowest_pitch=40)
    assert [note.pitch for note in notes] == [60]


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 20])
def test_silence_has_no_notes(frames):
    judge = note_filter.load(SHIPPED)
    assert create_notes(basic_pitch.empty(frames), note_filter=0.35, classifier=judge) == []


def test_weights_come_back(tmp_path):
    judge = note_filter.load(SHIPPED)
    note_filter.save(tmp_path / "again.npz", judge)
    for one, other in zip(judge, note_filter.load(tmp_path / "again.npz"), strict=True):
        for (w, b), (w2, b2) in zip(one, other, strict=True):
            assert np.array_equal(w, w2)
            assert np.array_equal(b, b2)


def test_the_shipped_filter_knows_notes_from_ghosts_and_drums():
    song = metre_songs.make("7/8", drums=True, seconds=15)
    truth = without_doubled(song.pitched_notes)
    heard = basic_pitch.predict(metre_songs.sound(song, SOUNDFONT))
    judge = note_filter.load(SHIPPED)
    notes = create_notes(heard, note_filter=0.35, classifier=judge)
    filtered = score_notes(truth, notes)["onset_f1"]
    assert filtered > score_notes(truth, create_notes(heard))["onset_f1"] + 0.02
