import pytest

from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.reader import read_midi
from midi_bytes import END, NOTES, chunk, midi_of, pitches

FILE, OTHER = midi_of(NOTES + END), midi_of(NOTES.replace(b"\x40", b"\x30") + END)


def assert_refused(content, reason):
    with pytest.raises(ScoreError, match=reason):
        read_midi(content)


@pytest.mark.parametrize("content", [b"\0", b"not MIDI at all", b"MThd", b"RIFF\0\0\0\4RMID" * 9])
def test_garbage_is_refused(content):
    assert_refused(content, "is damaged or not a MIDI file")


@pytest.mark.parametrize(
    "content",
    [
        midi_of(chunk(NOTES + END, length=999)),
        midi_of(chunk(NOTES + END, length=3)),
        midi_of(chunk(NOTES + END, length=0xFFFFFFFF)),
        midi_of(chunk(b"XXXX", b"XFIH"), NOTES + END),
        midi_of(NOTES + END, chunk(b"abcdefgh", b"LYRC")),
        midi_of(NOTES + END) + b"\0\0\0",
        midi_of(NOTES),  # no event says that it ends
        bytes(128) + midi_of(NOTES + END),
        b"RIFF\x50\0\0\0RMIDdata\x40\0\0\0" + midi_of(NOTES + END) + b"LIST\4\0\0\0abcd",
        midi_of(NOTES + END)[:10] + b"\0\7" + midi_of(NOTES + END)[12:],  # seven tracks
        midi_of(NOTES + END)[:7] + b"\x09" + midi_of(NOTES + END)[8:],  # a longer header
    ],
)
def test_lengths_and_numbers_that_lie_lose_no_note(content):
    assert pitches(content) == [64, 67]


def test_a_length_too_long_does_not_swallow_the_next_track():
    content = midi_of(chunk(NOTES + END, length=40), NOTES + END)
    assert len(pitches(content)) == 4


@pytest.mark.parametrize("lie", [-9, -3, -1, 1, 4, 24, 28, 32, 56, 1 << 24, (1 << 32) - 30])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_no_length_of_a_chunk_swallows_a_track(lie, which):
    tracks = [chunk(NOTES + END) for _ in range(3)]
    tracks[which] = chunk(NOTES + END, length=len(NOTES + END) + lie)
    assert pitches(midi_of(*tracks)) == [64, 67] * 3


def test_a_length_that_holds_all_tracks_loses_none():
    rest = chunk(NOTES + END) * 2
    assert len(pitches(midi_of(chunk(NOTES + END, length=len(NOTES + END + rest))) + rest)) == 6


@pytest.mark.parametrize("length", [0, 1, 5, 7, 10, 0xFFFFFFFF])
def test_the_header_may_say_any_length(length):
    assert pitches(FILE[:4] + length.to_bytes(4, "big") + FILE[8:]) == [64, 67]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 0xFFFF])
def test_the_header_may_promise_any_number_of_tracks(count):
    file = midi_of(NOTES + END, NOTES + END)
    _, warnings = read_midi(file[:10] + count.to_bytes(2, "big") + file[12:])
    assert len(pitches(file)) == 4
    assert warnings == ((f"has 2 of the {count} tracks that it promises",) if count > 2 else ())


@pytest.mark.parametrize("pad", [b"\0", b"\0\0\0", b"\r\n", b" junk between tracks "])
def test_what_lies_between_tracks_is_skipped(pad):
    assert len(pitches(midi_of(NOTES + END) + pad + chunk(NOTES + END) + pad)) == 4


@pytest.mark.parametrize("length", [0, 6, 5, 99, 0xFFFFFFFF])
def test_unknown_chunks_of_any_length_are_skipped(length):
    alien = chunk(b"abcdef", b"XFKM", length)
    for file in (midi_of(alien, NOTES + END), midi_of(NOTES + END, alien, NOTES + END)):
        assert set(pitches(file)) == {64, 67}
        assert len(pitches(file)) == 2 * file.count(NOTES)


@pytest.mark.parametrize(
    "before",
    [
        b"RIFF\x50\0\0\0RMIDdata\x31\0\0\0",
        b"RIFF\x50\0\0\0RMIDLIST\5\0\0\0abcde\0data\x31\0\0\0",  # an odd length, padded
        b"\0\4Song" + bytes(59) + b"MidiSEQ!" + bytes(55),  # MacBinary
        b"\xef\xbb\xbf",
        b"HTTP/1.0 200 OK\r\nContent-Type: audio/midi\r\n\r\n",
        bytes(100_000),
        FILE[:14],
    ],
)
@pytest.mark.parametrize(
    "after", [b"", b"\0", bytes(200), b"LIST\4\0\0\0abcd", b"TAG" + bytes(125)]
)
def test_wrappers_are_taken_off(before, after):
    score, warnings = read_midi(before + FILE + after)
    assert [note.pitch for note in score.pitched_notes] == [64, 67]
    assert warnings == ()


def test_of_several_files_in_one_the_first_is_read_and_it_is_said():
    score, warnings = read_midi(FILE + OTHER)
    assert [note.pitch for note in score.pitched_notes] == [64, 67]
    assert warnings == ("holds several MIDI files, of which the first is read",)
    assert pitches(FILE[:-9] + OTHER)[0] == 64  # a cut file ends where the next begins


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"FORM\0\0\0\x0eXDIRINFO", "XMI music"),
        (b"MUS\x1a\1\2\3\4", "MUS music"),
        (b"HMI-MIDISONG061595", "HMI music"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (b"PK\3\4", "a zip archive"),
        (b"\r\n<!DOCTYPE html>", "a web page"),
    ],
)
def test_what_is_no_midi_is_named(content, kind):
    assert_refused(content + bytes(99), f"^is {kind}, not MIDI$")


@pytest.mark.parametrize("size", range(1, len(FILE)))
def test_a_file_that_is_cut_anywhere_gives_notes_with_a_warning_or_is_refused(size):
    try:
        score, warnings = read_midi(FILE[:size])
    except ScoreError:
        assert size < 18
        return
    assert warnings or size == len(FILE) - 1  # of the event that ends the track
    assert [note.pitch for note in score.pitched_notes] == [64, 67][: len(score.pitched_notes)]


def test_a_file_without_its_last_tracks_says_so():
    file = midi_of(NOTES + END, NOTES + END)
    for missing in (len(NOTES + END) + 8, len(NOTES + END) + 3):
        assert read_midi(file[:-missing])[1] == ("has 1 of the 2 tracks that it promises",)
