"""The takes that the page shows."""

import numpy as np
import pytest

from mathrock.files.json_files import read_json, write_json
from mathrock.music.score import Note, Part, Score
from mathrock.report import takes
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
