"""What each section of the page gathers."""

import numpy as np
import pytest

from mathrock.files.json_files import read_json, write_json
from mathrock.music.score import Note, Part, Score
from mathrock.report import making_of, models, songs, takes
from mathrock.report.takes import picture
from small_results import SmallResults


@pytest.fixture
def results(tmp_path):
    return SmallResults(tmp_path, {"a-1": "data/songs/A.mp3", "b-2": "data/songs/B.mp3"})


def gathered(results):
    files = results.files
    return takes.gather(files["made"], files["midi"], files["rolls"], None, {"a-1": "A"})


def test_takes_of_one_name_stand_together(results):
    (group,) = gathered(results)
    assert (group["name"], group["title"], group["seed"]) == ("one", "A", 3)
    assert [card["model"] for card in group["cards"]] == ["chords", "lstm"]


def test_the_snippet_lies_before_the_track(results):
    (group,) = gathered(results)
    svg = group["cards"][0]["roll"]["svg"]
    assert 'viewBox="-2 0 6 ' in svg
    assert 'class="seed"' in svg
    # Bars are 28 steps: the second begins 24 steps after the snippet's end, within a bar.
    assert "M1.5 0v" in svg


def test_a_kept_snippet_is_a_part_of_the_track(results):
    for path in results.files["made"]:
        made = read_json(path)
        made["generated"]["made"]["settings"]["keep_snippet"] = True
        write_json(path, made)
    svg = gathered(results)[0]["cards"][0]["roll"]["svg"]
    assert 'viewBox="0 0 ' in svg
    assert '<rect class="shaded" x="0" y="0" width="2"' in svg
    assert 'class="seed"' not in svg


def test_each_variation_has_its_own_facts(results):
    path = results.files["made"][0]
    made = read_json(path)
    roll = np.load(results.files["rolls"][0])
    np.save(results.files["rolls"][0], np.stack([np.zeros_like(roll), roll]))
    made["track"]["settings"]["variation"] = 2
    write_json(path, made)
    assert 'class="seed"' in gathered(results)[0]["cards"][0]["roll"]["svg"]


def test_a_picture_says_its_range():
    shown = picture(Score([Part("", [Note(0, 2, 40), Note(1, 2.5, 80)], 27)]), "x")
    assert (shown["bottom"], shown["top"], shown["end"]) == ("E2", "Ab5", "0:02")
    assert "2 notes in 2 s, E2 to Ab5" in shown["svg"]


def test_the_songs_table_has_columns_that_tell_something(results):
    files = results.files
    found = songs.gather(
        files["songs"][0], files["key_table"][0], None, {"a-1": "train"}, files["song_previews"]
    )
    assert list(found["columns"]) == [
        *("title", "genre", "duration", "notes", "tempo", "metre", "key", "split", "status")
    ]
    first = found["rows"][0]
    assert first["cells"]["duration"] == ("1:00", 60.5)
    assert first["cells"]["split"] == ("train", None)
    assert first["recording"]
    assert first["roll"]
    assert found["bad"] == []
    assert found["shown"] == found["rows"]


def test_of_many_songs_the_first_are_shown(results):
    found = songs.gather(results.files["songs"][0], None, None, {}, [], most=1)
    assert len(found["shown"]) == 1 < len(found["rows"])


def test_scores_of_demo_songs_stand_beside_them(results, tmp_path):
    table = tmp_path / "transcription.tsv"
    table.write_text("song\tonset_f1\nA\t0.71\nmean\t0.69\n")
    found = songs.gather(results.files["songs"][0], None, str(table), {}, [])
    assert [row["cells"]["f1"] for row in found["rows"]] == [("0.71", 0.71), ("", "")]
    assert found["mean_f1"] == "0.69"


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


def test_rules_are_measured_over_their_jobs(tmp_path):
    for path, text in {
        "hear_song/a.tsv": "s\tmax_rss\n3.0\t100\n",
        "hear_song/b.tsv": "s\tmax_rss\n5.0\t200\n",
        "fx/chords/x.tsv": "s\tmax_rss\n0.1\t3\n",
        "pack.tsv": "s\tmax_rss\n20\tNA\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    rows = making_of.measure_rules(tmp_path)
    assert [(row["rule"], row["jobs"], row["total"], row["longest"]) for row in rows] == [
        ("pack", 1, "20.0 s", "20.0 s"),
        ("hear_song", 2, "8.0 s", "5.0 s"),
        ("fx", 1, "0.1 s", "0.1 s"),
    ]
    assert [row["memory"] for row in rows] == ["–", "210 MB", "–"]


def test_no_benchmarks_no_rules(tmp_path):
    assert making_of.measure_rules(tmp_path / "none") == []
