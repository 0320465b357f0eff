import csv

import pytest

from mathrock.files.json_files import write_json
from mathrock.generation.take_table import show_table, write_table


def like_with(density):
    return {
        "seconds": 40.0,
        "notes_per_second": density,
        "longest_silence": 0.44,
        "crowded": 0.01,
    }


def of_take(take, variations, like, nats):
    made = {"settings": {"variations": variations}}
    like = {"take_is_like": like, "nats_per_step": nats}
    return {"take": take, "song": "paper-planets-1", **like, "made": made}


@pytest.fixture
def table(tmp_path):
    like = like_with(5.25)
    (tmp_path / "lstm").mkdir()
    tracks, made = [], []
    for take in ("first-light", "007"):
        made.append(str(tmp_path / "lstm" / f"{take}.json"))
        write_json(made[-1], of_take(take, 1, like, 7.5))
        tracks.append(f"results/fx/lstm/{take}.mp3")
    write_json(tmp_path / "lstm" / "metrics.json", {"notes_per_second": 6.5})
    write_table(tmp_path / "takes.tsv", tracks, made, [str(tmp_path / "lstm/metrics.json")])
    return tmp_path / "takes.tsv"


def test_a_row_for_each_take(table):
    with table.open() as file:
        first, second = csv.DictReader(file, delimiter="\t")
    assert first == {
        "take": "first-light",
        "model": "lstm",
        "song": "paper-planets-1",
        "seconds": "40.0",
        "notes_per_second": "5.25",
        "training_notes_per_second": "6.5",
        "nats_per_step": "7.5",
        "longest_silence_s": "0.44",
        "crowded_steps": "0.01",
        "track": "results/fx/lstm/first-light.mp3",
    }
    assert second["take"] == "007"


def test_the_terminal_shows_takes_beside_the_training_songs(table):
    shown = show_table(table)
    assert len(shown.splitlines()) == 4
    for text in ("007", "5.2 (6.5)", "0.4 s", "results/fx/lstm/first-light.mp3"):
        assert text in shown


def test_a_row_for_each_variation_of_each_model(tmp_path):
    made, metrics, tracks = [], [], []
    for model in ("chords", "lstm"):
        (tmp_path / model).mkdir()
        made.append(str(tmp_path / model / "a.json"))
        write_json(made[-1], of_take("a", 2, [like_with(3), like_with(4)], [6.5, 7.5]))
        metrics.append(str(tmp_path / model / "metrics.json"))
        write_json(metrics[-1], {"notes_per_second": 6})
        tracks += [f"results/fx/{model}/a-{number}.mp3" for number in (1, 2)]
    write_table(tmp_path / "takes.tsv", tracks, made, metrics)
    with (tmp_path / "takes.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["track"] for row in rows] == tracks
    assert [row["take"] for row in rows] == ["a-1", "a-2"] * 2
    assert [row["notes_per_second"] for row in rows] == ["3", "4"] * 2
    assert [row["nats_per_step"] for row in rows] == ["6.5", "7.5"] * 2


def test_a_take_without_its_track_is_an_error(tmp_path):
    write_json(tmp_path / "a.json", of_take("a", 1, like_with(3), 6))
    write_json(tmp_path / "metrics.json", {"notes_per_second": 6})
    files = [str(tmp_path / "a.json")], [str(tmp_path / "metrics.json")]
    with pytest.raises(KeyError):
        write_table(tmp_path / "a.tsv", [f"{tmp_path.name}/b.mp3"], *files)
    assert not (tmp_path / "a.tsv").exists()
