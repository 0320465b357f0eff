"""The table of songs that the page shows."""

import pytest

from mathrock.report import songs
from small_results import SmallResults


@pytest.fixture
def results(tmp_path):
    return SmallResults(tmp_path, {"a-1": "data/songs/A.mp3", "b-2": "data/songs/B.mp3"})


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
    table.write_text("song\tonset_f1\nA\t0.71\nmean\t0.69\n\n")
    found = songs.gather(results.files["songs"][0], None, str(table), {}, [])
    assert [row["cells"]["f1"] for row in found["rows"]] == [("0.71", 0.71), ("", "")]
    assert found["mean_f1"] == "0.69"
