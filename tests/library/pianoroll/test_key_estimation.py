import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from music21.analysis.discrete import KrumhanslSchmuckler
from music21.note import Note as Music21Note
from music21.stream import Stream

from mathrock.demo import metre_songs, surf_pieces
from mathrock.demo.math_rock import MODES, TONICS
from mathrock.demo.math_rock_pieces import PIECES
from mathrock.demo.songs import compose
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.music.score import Note
from mathrock.pianoroll import encoding
from mathrock.pianoroll.key_estimation import SCALES, correlate, find_key
from mathrock.songs.key_table import UNKNOWN, SongKey

NO_KEY = SongKey()


def roll_of(score):
    return encoding.encode(score.pitched_notes, 16)


def played(pitches, seconds=0.5):
    """A roll of these pitches one after another."""
    return encoding.encode(
        [Note(i * seconds, (i + 1) * seconds, p) for i, p in enumerate(pitches)], 16
    )


def classes_of(scale):
    tonic, mode = scale.split(maxsplit=1)
    return tuple(sorted((PITCH_CLASSES[tonic] + step) % 12 for step in SCALES[mode]))


@pytest.mark.parametrize("piece", PIECES)
def test_the_demo_songs_are_in_the_keys_that_they_were_composed_in(piece):
    found = find_key(roll_of(compose(piece)))
    assert found.scale == PIECES[piece].key
    assert found.key.split()[0] == PIECES[piece].key.split()[0]
    assert found.pitch_classes == classes_of(found.scale)
    assert found.covered == 1


@pytest.mark.parametrize("piece", surf_pieces.PIECES)
def test_the_surf_songs_are_in_theirs_though_glissandi_leave_the_scale(piece):
    tonic, mode = surf_pieces.PIECES[piece].key.split(maxsplit=1)
    found = find_key(roll_of(compose(piece)))
    assert found.key.split()[0] == tonic
    if mode in SCALES:  # phrygian dominant is not
        assert found.scale == f"{tonic} {mode}"
    assert found.covered > 0.85


@pytest.mark.parametrize("mode", MODES)
def test_a_small_song_is_in_its_mode(mode):
    found = find_key(roll_of(metre_songs.make(key=f"D {mode}", bars=16)))
    assert found.scale == f"D {mode}"
    third = "minor" if 3 in MODES[mode] else "major"
    assert found.key == f"D {third}"
    assert 0.5 < found.confidence < 1


def test_most_songs_on_all_tonics_are_found():
    keys = [f"{tonic} {mode}" for tonic in TONICS for mode in MODES]
    right = 0
    for seed, key in enumerate(keys):
        found = find_key(roll_of(metre_songs.make(key=key, bars=12, drums=False, seed=seed)))
        right += found.pitch_classes == classes_of(key) and found.tonic == TONICS[key.split()[0]]
    assert right >= 0.8 * len(keys)


@given(st.integers(-12, 12), st.sampled_from(["D dorian", "A ionian", "C# aeolian", "G lydian"]))
def test_a_transposed_roll_is_in_the_transposed_key(semitones, key):
    roll = roll_of(metre_songs.make(key=key, bars=4, drums=False))
    there = find_key(np.roll(roll, semitones, axis=1))
    here = find_key(roll)
    assert there.tonic == (here.tonic + semitones) % 12
    assert there.key.split()[1] == here.key.split()[1]
    assert there.scale.split()[1:] == here.scale.split()[1:]
    assert set(there.pitch_classes) == {(p + semitones) % 12 for p in here.pitch_classes}
    assert (there.confidence, there.covered) == (here.confidence, here.covered)


@pytest.mark.parametrize(
    ("pitches", "key", "scale"),
    [
        ([66, 68, 70, 71, 73, 75, 77, 78, 66], "F# major", "F# ionian"),
        ([58, 60, 62, 63, 65, 67, 69, 70, 58], "Bb major", "Bb ionian"),
        ([61, 63, 64, 66, 68, 69, 71, 73, 61], "C# minor", "C# aeolian"),
        ([63, 65, 66, 68, 70, 71, 73, 75, 63], "Eb minor", "Eb aeolian"),
        ([57, 59, 60, 62, 64, 65, 68, 69, 57], "A minor", "A harmonic minor"),
        ([52, 55, 57, 59, 62, 64, 55, 59, 52], "E minor", "E minor pentatonic"),
    ],
)
def test_keys_are_spelt_as_musicians_do(pitches, key, scale):
    found = find_key(played(pitches))
    assert (found.key, found.scale) == (key, scale)


@pytest.mark.parametrize("pitches", [[], [60], [60, 64, 67], [60] * 40, [60, 67] * 20])
def test_few_notes_are_in_no_key(pitches):
    assert find_key(played(pitches)) == NO_KEY


@given(st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0]) | st.floats(0, 1), min_size=12, max_size=12))
def test_keys_correlate_as_music21s_do(weights):
    notes = Stream()
    for pitch_class, weight in enumerate(weights):
        notes.append(Music21Note(60 + pitch_class, quarterLength=round(weight * 10_000)))
    best = KrumhanslSchmuckler().getSolution(notes)
    keys = (best, *best.alternateInterpretations)
    theirs = {(key.mode, key.tonic.pitchClass): key.correlationCoefficient for key in keys}
    assert correlate(np.array(weights)) == pytest.approx(theirs, abs=1e-9)


def test_all_notes_alike_are_in_no_key():
    assert find_key(played(list(range(48, 72)) * 2)).scale == UNKNOWN


def test_silence_is_in_no_key():
    assert find_key(np.zeros((100, 128, 2), np.bool_)) == NO_KEY


def test_only_what_sounds_is_looked_at():
    roll = roll_of(metre_songs.make(key="D dorian", bars=4, drums=False))
    more = np.full((len(roll), 128, 4), 99, np.uint8)
    more[:, :, 0] = roll[:, :, 0]
    assert find_key(more) == find_key(roll)
