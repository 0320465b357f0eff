"""Pitches that sound, triplet feel and tremolo picking."""

import guitarpro
import pytest
from guitarpro import NoteType

from guitar_pro_songs import data_of, effect, note_type, song_of
from mathrock.formats.guitar_pro.parsing import parse
from mathrock.formats.guitar_pro.strokes import read_track

GP4, GP5 = (4, 0, 6), (5, 1, 0)


def strokes(*beats, version=GP5, feel=None, drums=False):
    song = song_of(list(beats))
    song.measureHeaders[0].tripletFeel = feel or guitarpro.TripletFeel.none
    song.tracks[0].isPercussionTrack = drums
    song = parse(data_of(song, version)).song
    return read_track(song.tracks[0], song.versionTuple).strokes[0]


def pitch(fret, harmonic, version=GP5):
    (stroke,) = strokes((1, [(6, fret)], effect(harmonic=harmonic)), version=version)
    return stroke.pitch


def artificial(pitch_class, octave):
    return guitarpro.ArtificialHarmonic(guitarpro.PitchClass(pitch_class), octave)


OCTAVE, TWO = guitarpro.Octave.ottava, guitarpro.Octave.quindicesima


@pytest.mark.parametrize(
    ("fret", "sounds"), [(12, 52), (7, 59), (19, 59), (5, 64), (4, 68), (3, 71), (6, 52), (0, 52)]
)
def test_natural_harmonics_are_above_the_open_string(fret, sounds):
    for version in (GP4, GP5):
        assert pitch(fret, guitarpro.NaturalHarmonic(), version) == sounds


def test_artificial_harmonics_sound_as_their_note_says():
    assert pitch(3, artificial(7, OCTAVE)) == 43 + 12
    assert pitch(3, artificial(2, OCTAVE)) == 43 + 19
    assert pitch(3, artificial(7, TWO)) == 43 + 24


def test_artificial_harmonics_of_version_4_sound_as_their_fret_says():
    # The writer's pairs of note and octave become the codes 22 (12 frets up), 15 (5) and 17 (7).
    assert pitch(3, artificial(7, OCTAVE), GP4) == 43 + 12
    assert pitch(3, artificial(2, OCTAVE), GP4) == 43 + 24
    assert pitch(3, artificial(7, TWO), GP4) == 43 + 19


def test_tapped_harmonics_sound_as_their_fret_says():
    assert pitch(3, guitarpro.TappedHarmonic(15)) == 43 + 12
    assert pitch(3, guitarpro.TappedHarmonic(10)) == 43 + 19
    assert pitch(3, guitarpro.TappedHarmonic(8)) == 43 + 24


def test_pinch_and_semi_harmonics_sound_an_octave_higher():
    for harmonic in (guitarpro.PinchHarmonic(), guitarpro.SemiHarmonic()):
        assert pitch(3, harmonic) == 43 + 12


def test_drums_know_no_tuning_and_no_capo():
    assert [stroke.pitch for stroke in strokes((1, [(1, 36), (6, 42)]), drums=True)] == [36, 42]


def starts(*beats, feel):
    return [float(stroke.start) for stroke in strokes(*beats, feel=feel)]


NOTE = [(6, 0)]


def test_triplet_feel_moves_the_second_of_two_equal_notes():
    feel = guitarpro.TripletFeel.eighth
    eighths = [(8, NOTE)] * 4
    assert starts(*eighths, feel=feel) == pytest.approx([0, 2 / 3, 1, 5 / 3])
    assert starts((8, NOTE), (16, NOTE), (16, NOTE), feel=feel) == [0, 0.5, 0.75]
    assert starts((4, NOTE), (16, NOTE), (8, NOTE), (16, NOTE), feel=feel) == [0, 1, 1.25, 1.75]
    sixteenth = guitarpro.TripletFeel.sixteenth
    assert starts((16, NOTE), (16, NOTE), feel=sixteenth) == pytest.approx([0, 1 / 3])


def test_a_rest_is_half_of_a_pair_too():
    feel = guitarpro.TripletFeel.eighth
    assert starts((8, []), (8, NOTE), feel=feel) == pytest.approx([2 / 3])


def picking(value):
    return effect(tremoloPicking=guitarpro.TremoloPickingEffect(guitarpro.Duration(value)))


@pytest.mark.parametrize(("value", "count"), [(8, 2), (16, 4), (32, 8)])
def test_tremolo_picking_is_a_row_of_strokes(value, count):
    found = strokes((4, NOTE, picking(value)))
    assert [float(stroke.start) for stroke in found] == [n / count for n in range(count)]


def test_of_a_tied_note_with_tremolo_picking_the_first_stroke_is_tied():
    tied = strokes((4, NOTE), (8, NOTE, note_type(NoteType.tie), picking(16)))
    assert [stroke.type for stroke in tied] == [NoteType.normal, NoteType.tie, NoteType.normal]


def test_staccato_halves_a_note():
    (stroke,) = strokes((4, NOTE, effect(staccato=True)))
    assert stroke.length == 0.5
