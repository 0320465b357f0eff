"""From songs to finished tracks, as a user sees it."""

import json
import shutil

import mido
import numpy as np
import pytest
import soundfile

from mathrock.audio.true_peak import true_peak
from mathrock.formats.midi.reader import read_score
from mathrock.music.beats import read_beats, summarize
from mathrock.music.drum_hits import read_hits
from mathrock.pianoroll.encoding import decode
from mathrock.rendering.mastering import loudness
from mathrock.songs.manifest import read_manifest
from project import TWO, Project

MODELS = ("chords", "lstm")
TRACKS = ("chords/one", "lstm/one", "lstm/two-1", "lstm/two-2", "vae/way")


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


def test_rolls_hold_the_velocities_of_the_midi(done):
    for path in done.path("results/midi").glob("*.mid"):
        roll = np.load(done.path(f"results/rolls/{path.stem}.npy"))
        status = json.loads(done.path(f"results/rolls/{path.stem}.json").read_text())
        assert (roll.shape[1:], roll.dtype) == ((128, 4), np.uint8)
        assert status["facts"]["grid"]["planes"] == ["sounding", "onset", "velocity", "drum"]
        played = {note.velocity for note in decode(roll, 16)}
        assert played <= {note.velocity for note in read_score(path).pitched_notes}


def test_a_take_marks_its_snippet(done):
    made = json.loads(done.path("results/generated/lstm/two.json").read_text())
    roll = np.load(done.path("results/generated/lstm/two.npy"), mmap_mode="r")
    assert made["song"].startswith("eleven")
    assert made["snippet_steps"] == 32
    assert roll.shape == (2, 32 + 64, 128, 4)  # two variations


def test_variations_are_tracks_of_their_own(done):
    rolls = np.load(done.path("results/generated/lstm/two.npy"))
    assert not np.array_equal(rolls[0], rolls[1])
    notes = [
        read_score(done.path(f"results/generated/lstm/two-{number}.mid")).pitched_notes
        for number in (1, 2)
    ]
    assert [len(found) for found in notes] == [len(decode(roll[32:], 16)) for roll in rolls]
    for number in (1, 2):
        made = json.loads(done.path(f"results/fx/lstm/two-{number}.json").read_text())
        assert made["generated"]["take_is_like"]["seconds"] == 4
        assert made["track"]["settings"]["variation"] == number


def test_every_model_makes_its_takes(done):
    rolls = [np.load(done.path(f"results/generated/{model}/one.npy")) for model in MODELS]
    assert np.array_equal(rolls[0][:32], rolls[1][:32])
    assert not np.array_equal(rolls[0], rolls[1])
    for model in MODELS:
        made = json.loads(done.path(f"results/generated/{model}/one.json").read_text())
        assert 0 < made["nats_per_step"] < 100


def test_the_vae_says_what_its_space_is_like(done):
    space = json.loads(done.path("results/models/vae/space.json").read_text())
    assert set(space["reconstruction"]) == {"teacher_forced", "sampled", "onset_f1", "worth_of_z"}
    assert 0 <= space["ends"]["at_borders"] <= 1
    metrics = json.loads(done.path("results/models/vae/metrics.json").read_text())
    assert 0 <= metrics["valid"]["active"] <= 1
    header = done.path("results/models/vae/history.csv").read_text().splitlines()[0]
    assert header.endswith("reconstruction,kl,active")
    made = json.loads(done.path("results/generated/vae/way.json").read_text())
    assert made["take_is_like"]["seconds"] == 4


def test_takes_are_compared_with_the_songs(done):
    found = json.loads(done.path("results/closeness.json").read_text())
    assert set(found["groups"]) == {"train", "held_out", "chords", "lstm", "vae"}
    assert set(found["tracks"]) == set(TRACKS)
    assert set(found["closeness"]["lstm"]) == set(found["features"])


def test_takes_and_models_say_how_they_were_made(done):
    files = [f"results/{file}.json" for file in ("generated/{}/one", "models/{}/metrics")]
    for path in [done.path(file.format(model)) for file in files for model in MODELS]:
        made = json.loads(path.read_text())["made"]
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
    for name in TRACKS:
        samples, rate = soundfile.read(done.path(f"results/fx/{name}.wav"))
        assert rate == 44100
        assert samples.shape[1] == 2
        assert loudness(samples, rate) == pytest.approx(-14, abs=0.3)
        assert true_peak(samples, rate) <= -1
        decoded, rate = soundfile.read(done.path(f"results/fx/{name}.mp3"))
        assert true_peak(decoded, rate) <= -1


def test_the_last_words_name_the_tracks(done):
    printed = done.path("output.txt").read_text()
    last_words = printed[printed.index("finished track") :]
    for track in TRACKS:
        assert f"results/fx/{track}.mp3" in last_words


def test_every_rule_leaves_a_log_and_a_benchmark(done):
    logs = {path.name.split(".")[0] for path in done.path("results/logs").iterdir()}
    benchmarks = {path.name.split(".")[0] for path in done.path("results/benchmarks").iterdir()}
    assert logs == benchmarks
    assert {"hear_song", "train_lstm", "train_chords", "train_vae", "apply_effects"} <= logs


def test_every_song_has_its_beats(done):
    for song in read_manifest(done.path("results/songs.tsv")):
        beats = read_beats(done.path(f"results/beats/{song['id']}.tsv"))
        told = [str(summarize(beats)[name]) for name in ("metre", "beat_confidence")]
        assert told == [song["metre"], song["beat_confidence"]]
        hits = read_hits(done.path(f"results/beats/{song['id']}.drums.tsv"))
        assert song["format"] != "mid" or hits == []


def test_midi_songs_tell_their_beats(done):
    songs = {song["path"]: song for song in read_manifest(done.path("results/songs.tsv"))}
    song = songs["data/songs/math rock/seven.mid"]
    assert (song["grid"], song["metre"]) == ("time", "7/8")
    assert float(song["beat_confidence"]) > 0.8
    assert 100 < float(song["tempo_bpm"]) < 200
    made = json.loads(done.path("results/generated/lstm/two.json").read_text())
    assert {tuple(bar[2:]) for bar in made["bars"]} == {(11, 8)}
    assert {metre[1:] for metre in read_score(midi_of(done, "two-1")).metres} >= {(11, 8)}


def test_on_beats_takes_are_whole_bars_on_ticks(project):
    """The songs whose beats can be trusted are on them, and the others are named."""
    project.configure(grid={"kind": "beat"}, takes={"two": TWO})
    project.run("results/songs.tsv", *(f"results/generated/lstm/two-{n}.mid" for n in (1, 2)))
    for song in read_manifest(project.path("results/songs.tsv")):
        is_trusted = float(song["beat_confidence"]) >= 0.5
        assert is_trusted or song["format"] != "mid"
        assert song["grid"] == ("beat" if is_trusted else "time")
        assert ("its beats can't be trusted" in song["warnings"]) != is_trusted
    made = json.loads(project.path("results/generated/lstm/two.json").read_text())
    roll = np.load(project.path("results/generated/lstm/two.npy"), mmap_mode="r")
    bar = 11 * 6  # steps
    assert made["snippet_steps"] % bar == 0
    assert [line[0] for line in made["bars"]] == list(range(0, roll.shape[1] + 1, bar))
    score = read_score(midi_of(project, "two-1"))
    assert [metre[1:] for metre in score.metres] == [(11, 8)]
    assert len(score.tempos) == 1
    for track in mido.MidiFile(midi_of(project, "two-1")).tracks:
        assert not any(message.time % 80 for message in track if "note" in message.type)


def midi_of(project, track):
    return project.path(f"results/generated/lstm/{track}.mid")


def test_from_scratch_again_notes_and_tracks_are_the_same(done, project):
    """Those of one model; test_songs_in_shards looks at all."""
    shutil.rmtree(project.path("results"))
    shutil.rmtree(project.path(".snakemake"))
    take, track = "results/generated/lstm/one.mid", "results/fx/lstm/one.wav"
    project.run(track)
    for files in ["results/midi/*.mid", take, track]:
        assert project.bytes_of(files) == done.bytes_of(files)
        assert done.bytes_of(files)
