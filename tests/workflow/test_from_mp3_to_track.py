"""The smallest graph there is: one mp3, one model, one finished track. `make test` runs it."""

import json

import pytest
import soundfile

from mathrock.audio.writing import write_mp3
from mathrock.formats.midi.reader import read_score
from mathrock.songs.manifest import read_manifest
from project import make_project, play

TRACK = "results/fx/lstm/one.mp3"


@pytest.fixture(scope="module")
def small_graph(tmp_path_factory):
    """A project of one song in which the track was asked for, and what the run printed."""
    project = make_project(tmp_path_factory.mktemp("small") / "project")
    songs = project.path("data/songs")
    songs.mkdir(parents=True)
    write_mp3(songs / "Paper planets.mp3", play("paper-planets", 8, songs), 44100)
    project.configure(
        models={"lstm": {"units": 4, "epochs": 1, "transpose": [0, 0]}},
        generate={"snippet_seconds": 2, "seconds": 2},
        takes={"one": {"model": "lstm"}},
    )
    return project, project.run(TRACK)


def test_an_mp3_becomes_a_finished_track(small_graph):
    project, printed = small_graph
    (song,) = read_manifest(project.path("results/songs.tsv"))
    assert (song["status"], song["format"]) == ("ok", "mp3")
    assert read_score(project.path(f"results/midi/{song['id']}.mid")).pitched_notes
    take = json.loads(project.path("results/generated/lstm/one.json").read_text())
    assert take["song"] == song["id"]
    assert take["take_is_like"]["seconds"] == 2
    samples, rate = soundfile.read(project.path(TRACK))
    assert rate == 44100
    assert len(samples) > 2 * rate
    assert abs(samples).max() > 0.1
    assert "Error" not in printed


def test_the_track_is_then_up_to_date(small_graph):
    assert small_graph[0].stale(TRACK) == {}
