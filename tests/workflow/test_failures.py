"""Bad input, wrong settings and jobs that fail."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mathrock.songs.manifest import read_manifest

RATE = 22050
ONE_TAKE = {"one": {"model": "lstm", "song": "eleven.mid"}}  # what is enough to see that all go on


def write_bad_songs(folder):
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    soundfile.write(folder / "silence.wav", np.zeros(3 * RATE), RATE)
    soundfile.write(folder / "short.wav", tone[: RATE // 5], RATE)
    whistle = 0.3 * np.sin(2 * np.pi * 9500 * np.arange(3 * RATE) / RATE)  # above a piano's range
    soundfile.write(folder / "whistle.wav", whistle, RATE)
    soundfile.write(folder / "antiphase.wav", np.column_stack([tone, -tone]), RATE)
    noughts = np.where(np.arange(3 * RATE) < 100, np.nan, tone)
    soundfile.write(folder / "noughts.wav", noughts, RATE, subtype="FLOAT")
    (folder / "empty.mp3").write_bytes(b"")
    (folder / "text.mp3").write_text("not music\n" * 500)
    (folder / "broken.mid").write_bytes(b"MThd")
    (folder / "folder.mp3").mkdir()
    (folder / "dangling.mp3").symlink_to("nowhere.mp3")
    whole = (folder / "antiphase.wav").read_bytes()
    (folder / "cut.wav").write_bytes(whole[: len(whole) // 2])
    Path(os.fsdecode(bytes(folder) + b"/not-\xff-utf8.mid")).write_bytes(b"MThd")


def test_bad_songs_are_named_and_the_others_go_on(project):
    write_bad_songs(project.path("data/songs"))
    project.configure(takes=ONE_TAKE)
    printed = project.run()
    songs = {
        song["path"].split("/")[-1]: song
        for song in read_manifest(project.path("results/songs.tsv"))
    }
    reasons = {
        "silence.wav": "is silent",
        "short.wav": "is too short",
        "whistle.wav": "has no notes",
        "empty.mp3": "is empty",
        "text.mp3": "is not audio",
        "broken.mid": "is damaged or not a MIDI file",
        "folder.mp3": "is a folder",
        "dangling.mp3": "is a link to a file that is missing",
        "not-\ufffd-utf8.mid": "has a name that is not UTF-8",
    }
    for name, reason in reasons.items():
        assert songs[name]["status"] == "bad", songs[name]
        assert reason in songs[name]["reason"]
    warnings = {"antiphase.wav": "cancel", "cut.wav": "promises", "noughts.wav": "not numbers"}
    for name, warning in warnings.items():
        assert songs[name]["status"] == "ok", songs[name]
        assert warning in songs[name]["warnings"]
    assert "data/songs/text.mp3: is not audio" in printed
    assert f"{len(reasons)} of 16 songs can't be used" in printed
    assert project.path("results/fx/lstm/one.mp3").exists()
    assert project.stale() == {}


def test_no_good_song_is_a_clear_error_and_costs_no_model(project):
    before = project.bytes_of("results/models/lstm/model.keras")
    for song in list(project.path("data/songs").rglob("*.*")):
        song.write_bytes(b"")
    printed = project.run(code=1)
    assert "Error: too little to learn from" in printed
    assert "results/songs.tsv says" in printed
    assert project.bytes_of("results/models/lstm/model.keras") == before
    assert project.path("results/fx/lstm/one.mp3").exists()


def test_no_songs_at_all(empty_project):
    printed = empty_project.run(code=1)
    assert "no songs in data/songs/" in printed
    assert "make demo" in printed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grid": {"steps": 4}}, "grid.steps: unknown key"),
        ({"render": {"soundfont": "my.sf2"}}, "render.soundfont: "),
        ({"decode": {"parts": []}}, "decode.parts: "),
        ({"models": {"lstm": {"units": 0}}}, "models.lstm.units: 0 is not allowed"),
        ({"takes": {"x": {"song": "elven.mid"}}}, "takes.x.song: unknown song 'elven.mid'"),
        ({"takes": {"x": {"model": "lsmt"}}}, "takes.x.model: unknown model"),
        ({"takes": {"x": {"blend": {"surf": 1}}}}, "takes.x.blend: all songs are of one genre"),
        ({"takes": {"x": {"variations": 2}, "x-1": {}}}, "takes.x.variations: x-1 would be one"),
        (
            {"effects": {"chains": {"clean": [{"HighpassFilter": {"cutoff_frequency_hz": -10}}]}}},
            "effects.chains.clean[0] HighpassFilter",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_before_any_job(project, changes, message):
    project.configure(**changes)
    printed = project.run(code=1)
    errors = [line for line in printed.splitlines() if line.startswith("Error: config.yaml: ")]
    assert len(errors) == 1
    assert message in errors[0]
    assert "Job stats" not in printed


def test_a_song_that_is_not_there_is_named(project):
    assert "there is no song nope; results/songs.tsv lists" in project.run(
        "results/midi/nope.mid", code=1
    )


def test_a_take_that_does_not_fit_its_song_names_the_knob_before_training(project):
    project.configure(models={"lstm": {"units": 9, "epochs": 1}})
    project.configure(takes={"one": {"model": "lstm", "song": "eleven.mid", "start": 900}})
    printed = project.run(code=1)
    refusal = "Error: takes.one: a snippet of 2 s that starts at 900 s does not fit"
    assert printed.index(refusal) < printed.index("Training the lstm")


def test_a_failed_job_in_the_middle_is_made_up_for(project):
    project.configure(takes=ONE_TAKE)
    script = project.path("workflow/scripts/decode_take.py")
    works = script.read_text()
    script.write_text(works + "\nraise RuntimeError('no <ink>')\n")
    printed = project.run(code=1)
    assert "What there is, and what is missing, is on results/report/index.html" in printed
    page = project.path("results/report/index.html").read_text()
    assert "RuntimeError: no &lt;ink&gt;" in page
    assert "<code>results/generated/lstm/one.mid</code>" in page
    script.write_text(works)
    project.run()
    assert project.path("results/generated/lstm/one.mid").exists()
    assert "What is missing" not in project.path("results/report/index.html").read_text()
    assert project.stale() == {}
