"""What benchmarks/transcription.py and tools/train_note_filter.py take as true."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mathrock.demo import metre_songs
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score
from mathrock.transcription.note_filter import FEATURES, load
from train_note_filter import match

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("heard", "truth", "is_note", "late"),
    [
        ([(1.03, 60)], [(1.0, 60)], [True], [0.03]),
        ([(0.98, 60)], [(1.0, 60)], [True], [-0.02]),
        ([(1.03, 61)], [(1.0, 60)], [False], [0]),
        ([(1.09, 60)], [(1.0, 60)], [False], [0]),
        ([(0.94, 60)], [(1.0, 60)], [False], [0]),
        ([(1.03, 60)], [], [False], [0]),
        ([(1.01, 60), (1.05, 60)], [(1.0, 60)], [True, False], [0.01, 0]),  # one to one
        ([(1.06, 60), (1.0, 60)], [(1.0, 60), (1.05, 60)], [True, True], [0.01, 0]),  # the nearest
    ],
)
def test_onsets_are_paired_with_the_notes_that_were_struck(heard, truth, is_note, late):
    times, pitches = np.array(heard).T
    found, by = match(times, pitches, [Note(time, time + 0.1, pitch) for time, pitch in truth])
    assert found.tolist() == is_note
    assert by == pytest.approx(late)


@pytest.fixture
def folder(tmp_path):
    """Short songs of both halves, one of them twice, a song of drums alone and a damaged file."""
    songs = tmp_path / "songs"
    songs.mkdir()
    for seed in range(4):
        song = metre_songs.make("4/4", seed=seed, seconds=3)
        write_score(songs / f"{seed}.mid", song)
    write_score(songs / "copy.mid", metre_songs.make("4/4", seed=0, seconds=3))
    drums = Part("Drums", [Note(0, 0.1, 36)], is_drum=True)
    write_score(songs / "drums.mid", Score([drums]))
    (songs / "broken.mid").write_bytes(b"MThd")
    (songs / "notes.txt").write_text("no song")
    return songs


def run(script, *arguments):
    command = [sys.executable, ROOT / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_a_folder_of_midi_is_scored(folder):
    done = run("benchmarks/transcription.py", folder, "--json")
    result = json.loads(done.stdout)
    songs = {song["file"]: song for song in result["songs"]}
    assert songs.keys() == {"0.mid", "1.mid", "2.mid", "3.mid", "copy.mid"}
    assert "broken.mid is damaged or not a MIDI file: left out" in done.stderr
    assert songs["copy.mid"]["held_back"] == songs["0.mid"]["held_back"]
    for mix in ("drums", "no_drums"):
        assert songs["copy.mid"][mix]["onset_f1"] == songs["0.mid"][mix]["onset_f1"]
    for mix in ("onset_f1_drums", "onset_f1_no_drums"):
        assert 0.3 < result[mix]["all"]["ours"] <= 1


def test_a_filter_is_trained_on_what_is_not_held_back(folder, tmp_path):
    scored = json.loads(run("benchmarks/transcription.py", folder, "--json").stdout)["songs"]
    train = [song["file"] for song in scored if not song["held_back"]]
    facts = json.loads(
        run("tools/train_note_filter.py", folder, tmp_path / "f.npz", "--json").stdout
    )
    assert 0 < len(train) < len(scored)
    assert facts["songs"] == len(train)
    judge = load(tmp_path / "f.npz")
    assert judge.is_note[0][0].shape[0] == judge.lateness[0][0].shape[0] == FEATURES
