import csv

import pytest

from mathrock.provenance import write_json
from mathrock.taketable import show_table, write_table


@pytest.fixture
def table(tmp_path):
    like = {"seconds": 40.0, "notes_per_second": 5.25, "longest_silence": 0.44, "crowded": 0.01}
    tracks, made = [], []
    for take in ("first-light", "007"):
        made.append(str(tmp_path / f"{take}.json"))
        write_json(made[-1], {"take": take, "song": "paper-planets-1", "take_is_like": like})
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


def test_a_missing_partner_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="zip"):
        write_table(tmp_path / "a.tsv", ["lstm/a.mp3"], [], [])
    assert not (tmp_path / "a.tsv").exists()
