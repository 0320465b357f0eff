"""References: found, read, shared out; bad ones are sentences."""

from pathlib import Path

import mido
import pytest
import yaml

from mathrock.demo.songs import compose
from mathrock.formats.midi.writer import write_score
from mathrock.formats.readers import READERS
from mathrock.jobs.code_version import code_version
from mathrock.music.score import Note, Part, Score
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.reference_import import import_reference
from mathrock.songs.references import find_references
from mathrock.songs.song import SongsError

ROOT = Path(__file__).resolve().parents[3]
PARTS = [
    {"name": "Bass", "program": 33, "lowest_pitch": 0, "highest_pitch": 45},
    {"name": "Guitar", "program": 27, "lowest_pitch": 46, "highest_pitch": 127},
]
BAND = {"parts": PARTS, "velocity": 84, "beat_accent": 10, "bar_accent": 20}
TUNE = "X:1\nM:4/4\nL:1/8\nQ:1/4=60\nK:C\n[E,,c]2 cd f4|c8|\n"


def take(folder):
    (song,) = find_references(folder)
    return import_reference(song._asdict(), song.path, **BAND)


def test_references_are_found_by_their_endings(tmp_path):
    for name in ("a.abc", "b.MID", "c.musicxml", "d.mxl", "e.xml", "f.txt", "g.mp3", ".h.abc"):
        (tmp_path / name).write_text("")
    assert [song.format for song in find_references(tmp_path)] == [
        "abc",
        "mid",
        "musicxml",
        "mxl",
        "xml",
    ]


def test_only_the_usual_folder_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    usual = schema["properties"]["report"]["properties"]["references"]["default"]
    assert find_references(usual) == find_references(f"./{usual}/") == []
    with pytest.raises(SongsError, match=r"^report.references: there is no folder data/typo$"):
        find_references("data/typo")


def test_the_band_plays_what_names_no_instrument_with_its_accents(tmp_path):
    (tmp_path / "a.abc").write_text(TUNE)
    score, status = take(tmp_path)
    assert status.ok
    assert [(part.name, part.program) for part in score.parts] == [("Bass", 33), ("Guitar", 27)]
    assert [n.velocity for n in score.parts[1].notes] == [104, 94, 84, 94, 104]
    facts = status.facts
    assert (facts["notes"], facts["duration"], facts["metre"]) == (6, 8, "4/4")


def test_midi_with_instruments_keeps_them(tmp_path):
    song = compose("seven-lanterns")
    write_score(tmp_path / "a.mid", song)
    score, status = take(tmp_path)
    assert status.ok
    assert sorted(p.program for p in score.parts) == sorted(p.program for p in song.parts)
    assert len(score.pitched_notes) == len(song.pitched_notes)
    assert {n.velocity for n in score.pitched_notes} == {n.velocity for n in song.pitched_notes}


def test_midi_without_is_played_by_the_band(tmp_path):
    write_score(tmp_path / "a.mid", Score([Part("", [Note(0, 1, 40), Note(0, 1, 64)])]))
    midi = mido.MidiFile(tmp_path / "a.mid")
    for track in midi.tracks:
        track[:] = [message for message in track if message.type != "program_change"]
    midi.save(tmp_path / "a.mid")
    score, _ = take(tmp_path)
    assert [part.program for part in score.parts] == [33, 27]


def test_many_parts_of_few_instruments_are_joined(tmp_path):
    track = mido.MidiTrack([mido.MetaMessage("end_of_track")])
    midi = mido.MidiFile(tracks=[track])
    for number in range(20):
        messages = [mido.Message("program_change", program=number % 4)]
        messages += [mido.Message("note_on", note=40 + number, velocity=80)]
        messages += [mido.Message("note_off", note=40 + number, time=480)]
        midi.tracks.append(mido.MidiTrack(messages))
    midi.save(tmp_path / "a.mid")
    score, status = take(tmp_path)
    assert status.ok
    assert [part.program for part in score.parts] == [0, 1, 2, 3]
    assert len(score.pitched_notes) == 20
    write_score(tmp_path / "b.mid", score)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.abc", b"", "is empty (0 bytes)"),
        ("a.abc", b"Dear friend", "is no ABC: a tune has lines that begin with X: and K:"),
        ("a.abc", b"X:1\nK:C\nz8|\n", "has no notes"),
        ("a.mid", b"MThd", "is damaged or not a MIDI file"),
        ("a.xml", b"<", "is damaged or not XML"),
        ("a.abc", b"X:1\nL:1/999\nK:C\nc/9|\n", "has notes that last no time"),
        ("a.abc", b" " * 4_000_001, "is larger than 4 MB"),
        ("a.musicxml", b" " * 10_000_001, "is larger than 10 MB"),
    ],
)
def test_a_bad_reference_is_a_sentence_and_an_empty_score(tmp_path, name, data, reason):
    (tmp_path / name).write_bytes(data)
    score, status = take(tmp_path)
    assert (score.parts, status.ok, status.reason) == ([], False, reason)


def test_a_long_one_is_refused(tmp_path):
    write_score(tmp_path / "a.mid", Score([Part("", [Note(0, 1, 60), Note(1500, 1501, 60)])]))
    assert take(tmp_path)[1].reason == "lasts 25 minutes, more than 20"


def test_what_is_missing_is_named(tmp_path):
    (tmp_path / "a.abc").write_text(TUNE)
    (song,) = find_references(tmp_path)
    (tmp_path / "a.abc").unlink()
    assert import_reference(song._asdict(), song.path, **BAND)[1].reason == "is missing"
    (tmp_path / "a.abc").symlink_to("nowhere")
    assert take(tmp_path)[1].reason == "is a link to a file that is missing"


def test_what_no_reader_expected_is_a_reason_and_a_traceback(tmp_path, monkeypatch, capsys):
    def fails(data):
        raise KeyError("odd")

    monkeypatch.setitem(READERS, "abc", fails)
    (tmp_path / "a.abc").write_text(TUNE)
    score, status = take(tmp_path)
    assert (score.parts, status.ok) == ([], False)
    assert status.reason == "can't be read: KeyError 'odd'"
    assert "Traceback" in capsys.readouterr().err


def test_free_metre_is_no_metre_that_is_known(tmp_path):
    (tmp_path / "a.abc").write_text(TUNE.replace("4/4", "none").replace("|", ""))
    score, status = take(tmp_path)
    assert status.ok
    assert "metre" not in status.facts
    assert {note.velocity for note in score.pitched_notes} == {84}
    _, status = encode_song(score, status, "beat", 24, 4, 0.3)
    assert (status.facts["grid"]["metres"], status.facts["grid"]["bars"]) == ([], [])
    write_score(tmp_path / "a.mid", score)


def test_how_songs_are_found_does_not_make_references_stale():
    modules = code_version(ROOT / "workflow/scripts/import_reference.py")
    found = {
        f"mathrock/{name}.py" for name in ("songs/references", "songs/listing", "songs/genres")
    }
    assert not found & modules.keys()
