"""From songs to finished tracks, as a user sees it."""

import json
import shutil

import mido
import numpy as np
import pytest
import soundfile
from project import Project

from mathrock.manifest import read_manifest
from mathrock.mastering import loudness
from mathrock.midifile import read_score
from mathrock.truepeak import true_peak


@pytest.fixture(scope="module")
def done(built):
    return Project(built)


def test_every_song_is_in_the_manifest(done):
    songs = {song["path"]: song for song in read_manifest(done.path("results/songs.tsv"))}
    assert len(songs) == 4
    assert {song["status"] for song in songs.values()} == {"ok"}
    song = songs["data/songs/math rock/Söng #1's.MP3"]
    assert song["genre"] == "math rock"
    assert song["format"] == "mp3"
    assert song["sample_rate_hz"] == "44100"
    assert float(song["duration_s"]) > 5


def test_the_songs_are_as_they_were(done):
    assert len([path for path in done.path("data/songs").rglob("*") if path.is_file()]) == 4


def test_transcriptions_hold_notes(done):
    for path in done.path("results/midi").glob("*.mid"):
        assert read_score(path).pitched_notes


def test_a_take_marks_its_snippet(done):
    made = json.loads(done.path("results/generated/lstm/two.json").read_text())
    roll = np.load(done.path("results/generated/lstm/two.npy"), mmap_mode="r")
    assert made["song"].startswith("eleven")
    assert made["snippet_steps"] == 32
    assert roll.shape == (32 + 64, 128, 2)


def test_takes_and_models_say_how_they_were_made(done):
    take = json.loads(done.path("results/generated/lstm/one.json").read_text())["made"]
    model = json.loads(done.path("results/models/lstm/metrics.json").read_text())["made"]
    for made in (take, model):
        assert made["settings"]["seed"] == 1
        assert made["versions"]["numpy"] == np.__version__
        assert all(len(digest) == 64 for digest in made["inputs"].values())


def test_the_midi_opens_and_no_note_hangs(done):
    midi = mido.MidiFile(done.path("results/generated/lstm/one.mid"))
    for track in midi.tracks:
        open_notes = set()
        for message in track:
            if message.type == "note_on" and message.velocity:
                assert message.note not in open_notes
                open_notes.add(message.note)
            elif message.type in ("note_on", "note_off"):
                assert message.time >= 0
                open_notes.remove(message.note)
        assert not open_notes


def test_tracks_are_mastered(done):
    for name in ("one", "two"):
        samples, rate = soundfile.read(done.path(f"results/fx/lstm/{name}.wav"))
        assert rate == 44100
        assert samples.shape[1] == 2
        assert loudness(samples, rate) == pytest.approx(-14, abs=0.3)
        assert true_peak(samples, rate) <= -1
        decoded, rate = soundfile.read(done.path(f"results/fx/lstm/{name}.mp3"))
        assert true_peak(decoded, rate) <= -1


def test_the_last_words_name_the_tracks(done):
    printed = done.path("output.txt").read_text()
    assert "results/fx/lstm/one.mp3" in printed[printed.index("finished track") :]


def test_every_rule_leaves_a_log_and_a_benchmark(done):
    logs = {path.name.split(".")[0] for path in done.path("results/logs").iterdir()}
    benchmarks = {path.name.split(".")[0] for path in done.path("results/benchmarks").iterdir()}
    assert logs == benchmarks
    assert {"hear_song", "train_lstm", "apply_effects"} <= logs


def test_from_scratch_again_the_notes_are_the_same(done, project):
    shutil.rmtree(project.path("results"))
    shutil.rmtree(project.path(".snakemake"))
    project.run()
    assert project.bytes_of("results/generated/lstm/*.mid") == done.bytes_of(
        "results/generated/lstm/*.mid"
    )
    assert project.bytes_of("results/midi/*.mid") == done.bytes_of("results/midi/*.mid")
    assert project.bytes_of("results/fx/lstm/*.wav") == done.bytes_of("results/fx/lstm/*.wav")
