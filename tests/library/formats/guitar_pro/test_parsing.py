"""Bytes as other programs and strangers write them."""

import struct

import guitarpro
import pytest
from guitarpro import NoteType

from guitar_pro_songs import VERSIONS, data_of, effect, note_type, song_of
from mathrock.formats.errors import ScoreError
from mathrock.formats.guitar_pro.parsing import parse
from mathrock.formats.guitar_pro.reader import read_guitar_pro

LOW_E = (6, 0)
GP3, GP4, GP5 = VERSIONS


def notes_in(data):
    return len(read_guitar_pro(data)[0].pitched_notes)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cut_file_gives_its_whole_bars_with_a_warning(version):
    data = data_of(song_of(*[[(4, [LOW_E])] * 4] * 5), version)
    score, warnings = read_guitar_pro(data[:-20])
    bars = len(score.pitched_notes) // 4
    assert 0 < bars < 5
    assert warnings == (f"is cut off after bar {bars} of 5",)
    assert len(score.pitched_notes) == bars * 4


def test_of_a_cut_file_all_tracks_end_together():
    song = song_of(*[[(4, [LOW_E])] * 4] * 3)
    second = song_of(*[[(4, [(1, 1)])] * 4] * 3).tracks[0]
    song.tracks.append(second)
    data = data_of(song)
    for end in range(len(data) - 120, len(data)):
        score, _ = read_guitar_pro(data[:end])
        assert len({len(part.notes) for part in score.parts}) == 1


@pytest.mark.parametrize(
    ("known", "also"),
    [(GP3, b"v3.01"), (GP4, b"v4.05"), (GP4, b"L4.06"), (GP5, b"v5.11")],
)
def test_versions_of_the_same_layout(known, also):
    data = data_of(song_of([(4, [LOW_E])]), known)
    assert notes_in(data[:20] + also + data[25:]) == 1


SLIDE = effect(slides=[guitarpro.SlideType.shiftSlideTo])
HARMONIC = effect(harmonic=guitarpro.NaturalHarmonic())
PICKING = effect(tremoloPicking=guitarpro.TremoloPickingEffect(guitarpro.Duration(16)))
GRACE = effect(grace=guitarpro.GraceEffect(fret=3))


def stroke(beat):
    beat.effect.stroke = guitarpro.BeatStroke(guitarpro.BeatStrokeDirection.up, 8)


def tempo(beat):
    beat.effect.mixTableChange = guitarpro.MixTableChange(tempo=guitarpro.MixTableItem(90))


@pytest.mark.parametrize(
    ("writer", "change", "odd", "version"),
    [
        ("writeSlides", SLIDE, b"\x63", GP4),
        ("writeHarmonic", HARMONIC, b"\x63", GP4),
        ("writeHarmonic", HARMONIC, b"\x63", GP5),
        ("writeTremoloPicking", PICKING, b"\x63", GP4),
        ("writeGrace", GRACE, b"\xff" * 4, GP4),
        ("writeGrace", GRACE, b"\xff" * 5, GP5),
        ("writeBeatStroke", stroke, b"\0\0", GP5),  # neither up nor down
        ("writeWahEffect", tempo, b"\x80", GP5),
    ],
)
def test_unknown_values_are_passed_over(writer, change, odd, version, monkeypatch):
    file = guitarpro.gp5.GP5File if version == GP5 else guitarpro.gp4.GP4File
    monkeypatch.setattr(file, writer, lambda file, *_: file.data.write(odd))
    assert notes_in(data_of(song_of([(4, [LOW_E], change), (4, [LOW_E])]), version)) == 2


def test_unknown_keys_are_passed_over():
    data = data_of(song_of([(4, [LOW_E])]), GP4)
    flags_and_metre = data.index(b"\x43\x04\x04")  # of the first bar; its key follows
    at = flags_and_metre + 3
    assert notes_in(data[:at] + b"\x40\x09" + data[at + 2 :]) == 1


def test_a_track_without_a_channel_sounds():
    song = song_of([(4, [LOW_E])])
    song.tracks[0].channel.channel = 99
    assert notes_in(data_of(song)) == 1


def test_a_change_of_metre_beside_an_ending_moves_neither():
    song = song_of(*[[(4, [LOW_E])]] * 3)
    song.measureHeaders[1].repeatAlternative = 1
    song.measureHeaders[1].timeSignature.numerator = 7
    for beams, ending in (([2, 2, 2, 2], 1), ([2, 2, 3, 4], 4)):  # PyGuitarPro, Guitar Pro
        song.measureHeaders[1].timeSignature.beams = beams
        assert parse(data_of(song)).song.measureHeaders[1].repeatAlternative == ending


@pytest.mark.parametrize("version", [GP3, GP4])
def test_endings_before_version_5_are_those_up_to_a_number(version):
    song = song_of(*[[(4, [LOW_E])]] * 6)
    for header, number in zip(song.measureHeaders, (0, 2, 3, 0, 1, 2), strict=True):
        header.repeatAlternative = (1 << number) - 1  # the writer writes this as the number
    endings = [
        header.repeatAlternative for header in parse(data_of(song, version)).song.measureHeaders
    ]
    assert endings == [0, 1 | 2, 4, 0, 1, 2]


def test_two_signs_of_one_bar_are_both_there(monkeypatch):
    def write(file, _):
        signs = [1, 0, 1, -1, 9, *[-1] * 14]  # Coda and Segno in bar 1; there are no bars 0 and 9
        file.data.write(struct.pack("<19h", *signs))

    monkeypatch.setattr(guitarpro.gp5.GP5File, "writeDirections", write)
    assert parse(data_of(song_of([(4, [LOW_E])]))).directions == {"Coda": 0, "Segno": 0}


def test_more_tracks_than_a_song_has_are_refused():
    song = song_of([(4, [LOW_E])])
    song.tracks *= 101
    with pytest.raises(ScoreError, match=r"^has 101 tracks, more than 100$"):
        parse(data_of(song))


def test_many_ties_to_nothing_take_no_long():
    tie = note_type(NoteType.tie)
    song = song_of(*[[(64, [(1, 0)], tie)] * 60] * 100)
    assert len(parse(data_of(song)).song.measureHeaders) == 100
