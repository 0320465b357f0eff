"""The models that the page compares."""

import pytest

from mathrock.files.json_files import read_json, write_json
from mathrock.report import models
from small_results import SmallResults


@pytest.fixture
def results(tmp_path):
    return SmallResults(tmp_path, {"a-1": "data/songs/A.mp3", "b-2": "data/songs/B.mp3"})


def test_models_without_test_songs_are_scored_on_validation(results):
    for path in results.files["metrics"]:
        metrics = read_json(path)
        metrics["test"] = None
        metrics["nats_per_step"]["test"] = None
        metrics["floors"]["on"] = "valid"
        metrics["valid"]["nats_per_step"]["interval"] = None
        write_json(path, metrics)
    files = results.files
    found = models.gather(files["metrics"], [], [], None, None, {}, {})
    assert [(row["valid"], row["test"], row["size"]) for row in found["rows"]] == [
        ("4.50", "–", "–")
    ] * 2
    assert found["scored_on"] == "valid"
    assert "4.50" in found["scores"]


@pytest.mark.parametrize("way", [None, {"ours": {"mean": 0.2}, "mixed": {"mean": 0.5}}])
def test_the_space_is_told_as_far_as_it_was_examined(tmp_path, way):
    results = SmallResults(tmp_path, {"a": "a.mp3"}, models=("vae",))
    back = {"teacher_forced": 0.5, "onset_f1": None, "worth_of_z": 0.1}
    write_json(tmp_path / "space.json", {"reconstruction": back, "interpolation": way})
    found = models.gather(
        results.files["metrics"], [], [], str(tmp_path / "space.json"), None, {}, {}
    )
    facts = dict(found["vae"]["facts"])
    assert facts["active units"] == "90%"
    assert facts["reconstruction of windows: onset F1"] == "–"
    told = "20%; of rolls mixed at random 50%" if way else None
    assert facts.get("notes that change from step to step of an interpolation") == told
