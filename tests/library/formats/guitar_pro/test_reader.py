"""Guitar Pro: all three versions, what hands do, tempos, instruments, and bytes that lie."""

import struct
from contextlib import suppress

import guitarpro
import pytest
from guitarpro import NoteType

from guitar_pro_songs import VERSIONS, data_of, effect, note_type, song_of
from mathrock.formats.errors import ScoreError
from mathrock.formats.guitar_pro.reader import read_guitar_pro


def read(song, version=(5, 1, 0)):
    score, _ = read_guitar_pro(data_of(song, version))
    return score


def notes_of(score):
    return [(round(n.onset, 3), round(n.offset, 3), n.pitch) for n in score.pitched_notes]


LOW_E, A = (6, 0), (5, 0)
POINTS = [guitarpro.BendPoint(0, 0), guitarpro.BendPoint(12, 4)]
BEND = guitarpro.BendEffect(guitarpro.BendType.bend, 100, POINTS)


@pytest.mark.parametrize("version", VERSIONS)
def test_notes_come_with_pitch_time_velocity_and_instrument(version):
    song = song_of([(4, [LOW_E]), (8, [A, (4, 2)]), (8, []), (2, [(1, 3)])])
    song.tracks[0].channel.instrument = 29
    score = read(song, version)
    assert notes_of(score) == [(0, 0.5, 40), (0.5, 0.75, 45), (0.5, 0.75, 52), (1, 2, 67)]
    (part,) = score.parts
    assert (part.name, part.program, part.is_drum) == ("Lead", 29, False)
    assert {note.velocity for note in part.notes} == {95}
    assert score.title == "Tést"


def test_a_capo_raises_every_string():
    song = song_of([(1, [LOW_E])])
    song.tracks[0].offset = 3
    assert [pitch for *_, pitch in notes_of(read(song))] == [43]


TIE, DEAD = note_type(NoteType.tie), note_type(NoteType.dead)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tied_note_lengthens_the_one_before_over_the_bar_line(version):
    song = song_of([(1, [LOW_E])], [(2, [LOW_E], TIE), (2, [LOW_E])])
    assert notes_of(read(song, version)) == [(0, 3, 40), (3, 4, 40)]


def test_a_tied_note_lengthens_its_note_over_what_other_strings_play():
    song = song_of([(4, [LOW_E]), (4, [A]), (2, [LOW_E], TIE)])
    assert notes_of(read(song)) == [(0, 2, 40), (0.5, 1, 45)]


def test_a_tie_to_a_dead_note_is_silent():
    song = song_of([(4, [LOW_E]), (4, [LOW_E], DEAD), (2, [LOW_E], TIE)])
    assert notes_of(read(song)) == [(0, 0.5, 40)]


def test_a_tie_to_nothing_is_a_note():
    assert notes_of(read(song_of([(1, [LOW_E], TIE)]))) == [(0, 2, 40)]


def tied_at_a_repeat(*frets):
    """A bar, then |: a tie, and a note :|."""
    first, last = frets
    song = song_of([(1, [(6, first)])], [(2, [(6, 9)], TIE), (2, [(6, last)])])
    song.measureHeaders[1].isRepeatOpen, song.measureHeaders[1].repeatClose = True, 1
    return notes_of(read(song))


def test_after_a_jump_a_tie_goes_on_with_a_note_of_its_pitch_or_begins_anew():
    assert tied_at_a_repeat(3, 3) == [(0, 3, 43), (3, 5, 43), (5, 6, 43)]
    assert tied_at_a_repeat(3, 5) == [(0, 3, 43), (3, 4, 45), (4, 5, 43), (5, 6, 45)]


def test_dead_notes_have_no_pitch_and_are_left_out():
    assert notes_of(read(song_of([(2, [LOW_E], DEAD), (2, [A])]))) == [(1, 2, 45)]


@pytest.mark.parametrize(
    "kept",
    [
        effect(hammer=True),
        effect(slides=[guitarpro.SlideType.shiftSlideTo]),
        effect(palmMute=True),
        effect(vibrato=True),
        effect(bend=BEND),
        effect(trill=guitarpro.TrillEffect(7, guitarpro.Duration(16))),
        effect(grace=guitarpro.GraceEffect(fret=3)),
    ],
)
def test_what_a_hand_does_to_a_note_moves_neither_pitch_nor_onset(kept):
    song = song_of([(2, [(3, 5)], kept), (2, [A])])
    assert [(onset, pitch) for onset, _, pitch in notes_of(read(song))] == [(0, 60), (1, 45)]


def test_tapped_notes_keep_pitch_and_onset():
    def tapped(beat):
        beat.effect.slapEffect = guitarpro.SlapEffect.tapping

    assert notes_of(read(song_of([(1, [(1, 12)], tapped)]))) == [(0, 2, 76)]


def test_tremolo_picking_is_played_as_single_notes():
    picked = guitarpro.TremoloPickingEffect(guitarpro.Duration(16))
    score = read(song_of([(2, [LOW_E], effect(tremoloPicking=picked)), (2, [])]))
    assert [onset for onset, *_ in notes_of(score)] == [n * 0.125 for n in range(8)]


@pytest.mark.parametrize(("fret", "pitch"), [(12, 52), (7, 59), (5, 64)])
def test_natural_harmonics_sound(fret, pitch):
    harmonic = effect(harmonic=guitarpro.NaturalHarmonic())
    assert notes_of(read(song_of([(1, [(6, fret)], harmonic)]), (4, 0, 6)))[0][2] == pitch


def test_tuplets_and_dots():
    def fifth(beat):
        beat.duration.tuplet = guitarpro.Tuplet(5, 4)

    def dotted(beat):
        beat.duration.isDotted = True

    song = song_of([*([(16, [LOW_E], fifth)] * 5), (4, [A], dotted)])
    assert [onset for onset, *_ in notes_of(read(song))] == [0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert notes_of(read(song))[-1] == (0.5, 1.25, 45)


def test_odd_and_changing_metres():
    song = song_of([(8, [LOW_E])], [(8, [A])], metre=(7, 8))
    song.measureHeaders[1].timeSignature.numerator = 5
    score = read(song)
    assert [metre[1:] for metre in score.metres] == [(7, 8), (5, 8)]
    assert [onset for onset, *_ in notes_of(score)] == [0, 1.75]


def test_changes_of_tempo_and_instrument():
    def change(beat):
        beat.effect.mixTableChange = guitarpro.MixTableChange(
            instrument=guitarpro.MixTableItem(30), tempo=guitarpro.MixTableItem(60)
        )

    score = read(song_of([(2, [LOW_E]), (2, [A], change)]))
    assert notes_of(score) == [(0, 1, 40), (1, 3, 45)]
    assert [part.program for part in score.parts] == [25, 30]


def tempo(bpm):
    def change(beat):
        beat.effect.mixTableChange = guitarpro.MixTableChange(tempo=guitarpro.MixTableItem(bpm))

    return change


def test_a_repeated_bar_has_its_tempo_again():
    song = song_of([(1, [LOW_E])], [(1, [LOW_E])], [(1, [A], tempo(60))])
    song.measureHeaders[0].isRepeatOpen, song.measureHeaders[2].repeatClose = True, 1
    assert [onset for onset, *_ in notes_of(read(song))] == [0, 2, 4, 8, 10, 12]


def test_a_tempo_of_nothing_is_passed_over():
    score, warnings = read_guitar_pro(data_of(song_of([(1, [LOW_E])], tempo=0)))
    assert notes_of(score) == [(0, 2, 40)]
    assert warnings == ("has a tempo of 0, which is passed over",)
    with pytest.raises(ScoreError, match=r"^asks for a tempo of 5000 quarter notes a minute$"):
        read(song_of([(1, [LOW_E])], tempo=5000))


def test_what_a_bar_has_too_much_sounds_all_the_same():
    song = song_of([(2, [LOW_E])] * 3, [(1, [A])])
    assert notes_of(read(song)) == [(0, 1, 40), (1, 2, 40), (2, 3, 40), (2, 4, 45)]


def test_metres_that_midi_does_not_have_are_left_out():
    song = song_of([(2, [LOW_E])], [(2, [A])], metre=(4, 3))
    assert {metre.denominator for metre in read(song).metres} <= {1, 2, 4, 8, 16, 32, 64}


def test_repeats_of_too_many_notes_are_refused():
    song = song_of(*[[(64, [(n, 0) for n in range(1, 7)])] * 64] * 3)
    for header in song.measureHeaders:
        header.repeatClose = 100
    with pytest.raises(ScoreError, match=r"^has more than 100000 notes$"):
        read(song)


def test_drums_are_their_keys():
    song = song_of([(4, [(1, 36), (2, 42)])])
    song.tracks[0].isPercussionTrack = True
    song.tracks[0].strings = [guitarpro.GuitarString(n, 0) for n in range(1, 7)]
    song.tracks[0].channel.channel = 9
    assert [hit.pitch for hit in read(song).drum_hits] == [36, 42]


@pytest.mark.parametrize("version", VERSIONS)
def test_repeats_with_endings(version):
    bars = [[(1, [(6, fret)])] for fret in range(4)]
    song = song_of(*bars)
    first, second, third, _ = song.measureHeaders
    first.isRepeatOpen, second.repeatClose = True, 1
    second.repeatAlternative, third.repeatAlternative = 1, 2
    assert [pitch for *_, pitch in notes_of(read(song, version))] == [40, 41, 40, 42, 43]


def test_swung_eighths():
    song = song_of([(8, [LOW_E])] * 8)
    song.measureHeaders[0].tripletFeel = guitarpro.TripletFeel.eighth
    assert [onset for onset, *_ in notes_of(read(song))][:3] == [0, 0.333, 0.5]


def test_later_versions_are_named_with_what_to_do():
    for data in (b"BCFZabc", b"PK\3\4abc"):
        with pytest.raises(ScoreError, match=r"^is of Guitar Pro 6 or later: export it as gp5"):
            read_guitar_pro(data)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cut_or_changed_file_is_a_sentence_or_a_score(version):
    data = data_of(song_of([(4, [LOW_E])] * 4, [(8, [A])] * 8), version)
    for end in range(0, len(data), 7):
        for bad in (data[:end], data[:end] + b"\xff\xff\xff\x7f" + data[end + 4 :]):
            with suppress(ScoreError):  # and no other
                read_guitar_pro(bad)


def test_more_bars_than_a_song_has_are_refused():
    data = data_of(song_of([(4, [LOW_E])]), (3, 0, 0))
    at = data.index(struct.pack("<ii", 1, 1))  # bars and tracks
    with pytest.raises(ScoreError, match=r"^has 70000 bars, more than 4000$"):
        read_guitar_pro(data[:at] + struct.pack("<i", 70000) + data[at + 4 :])
