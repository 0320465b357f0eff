import numpy as np
import pytest
import soundfile

from mathrock.audio.mel_spectrogram import BANDS
from mathrock.demo.math_rock import compose
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score
from mathrock.songs.listing import describe_song
from mathrock.songs.score_import import import_song
from mathrock.transcription.recording import analyse_recording


@pytest.fixture
def song(tmp_path):
    return lambda name: describe_song(tmp_path / name, tmp_path)._asdict()


def test_a_recording_is_heard_and_measured(tmp_path, song):
    sound = 0.5 * np.sin(np.arange(44100) / 20)
    soundfile.write(tmp_path / "a.wav", np.column_stack([sound, sound]), 44100)
    heard, levels, status = analyse_recording(song("a.wav"), tmp_path / "a.wav")
    assert status.ok
    assert status.song == song("a.wav")["id"]
    assert status.facts == {"duration": 1.0, "sample_rate": 44100, "channels": 2}
    assert len(heard.note) == 86
    assert levels.shape == (87, BANDS)


def test_a_recording_that_cannot_be_used_says_why(tmp_path, song):
    (tmp_path / "a.mp3").write_bytes(b"")
    heard, levels, status = analyse_recording(song("a.mp3"), tmp_path / "a.mp3")
    assert not status.ok
    assert "empty" in status.reason
    assert (len(heard.note), levels.shape) == (0, (0, BANDS))


@pytest.mark.parametrize(("use", "name"), [(analyse_recording, "a.mp3"), (import_song, "a.mid")])
def test_a_problem_that_was_found_before_is_the_reason(tmp_path, song, use, name):
    (tmp_path / name).symlink_to(tmp_path / "gone")
    *_, status = use(song(name), tmp_path / name)
    assert (status.ok, status.reason) == (False, "is a link to a file that is missing")


def test_midi_is_taken_as_it_is(tmp_path, song):
    write_score(tmp_path / "a.mid", compose("seven-lanterns"))
    score, status = import_song(song("a.mid"), tmp_path / "a.mid")
    assert status.ok
    assert status.facts["notes"] == len(score.pitched_notes) > 300
    assert [part.is_drum for part in score.parts].count(True) == 1
    assert 30 < status.facts["duration"] < 90


def test_damaged_midi_says_why(tmp_path, song):
    (tmp_path / "a.mid").write_bytes(b"MThd")
    score, status = import_song(song("a.mid"), tmp_path / "a.mid")
    assert (score.parts, status.ok) == ([], False)
    assert "damaged" in status.reason


def test_midi_of_drums_alone_cannot_be_used(tmp_path, song):
    drums = Part("Drums", [Note(0.0, 0.1, 36)], is_drum=True)
    write_score(tmp_path / "a.mid", Score([drums]))
    assert import_song(song("a.mid"), tmp_path / "a.mid")[1].reason == "has no notes but drums"
