import csv
import math

import pytest

from mathrock.files.json_files import write_json
from mathrock.files.tsv import read_rows
from mathrock.training.comparison_rows import change, score
from mathrock.training.comparison_table import show_table, write_table

STEPS = 10


def metrics(nats, is_bound=False, on="test"):
    """Of a training that finds each song so likely, in nats a step."""
    scores = {
        "songs": len(nats),
        "of_songs": {f"song-{n}": [one * STEPS, STEPS] for n, one in enumerate(nats)},
    } | ({"kl": 3.0} if is_bound else {})
    mean = sum(nats) / len(nats)
    return {
        "nats_per_step": {"train": 1, "valid": mean + 1, "test": mean if on == "test" else None},
        "valid": scores,
        "test": scores if on == "test" else None,
        "floors": {"on": on},
        "parameters": 1234,
        "best_epoch": 3,
        "seconds": 12.25,
    }


@pytest.fixture
def table(tmp_path):
    """Make a table of {model/setting/seed: metrics}."""

    def make(cells, base="usual"):
        files = []
        for cell, told in cells.items():
            files.append(str(tmp_path / "x" / cell / "metrics.json"))
            (tmp_path / "x" / cell).mkdir(parents=True)
            write_json(files[-1], told)
        write_table(tmp_path / "x.tsv", files, base)
        return tmp_path / "x.tsv"

    return make


@pytest.fixture
def usual(table):
    return table(
        {
            "lstm/usual/1": metrics([4, 6]),
            "lstm/usual/2": metrics([4.5, 6.5]),
            "lstm/small/1": metrics([5, 7]),
            "lstm/small/2": metrics([5.5, 7.5]),
            "vae/usual/1": metrics([3, 5], is_bound=True),
            "vae/usual/2": metrics([3, 5], is_bound=True),
        }
    )


def test_a_row_for_each_model_and_setting_the_best_first(usual):
    with usual.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(row["model"], row["setting"]) for row in rows] == [
        ("vae", "usual"),
        ("lstm", "usual"),
        ("lstm", "small"),
    ]
    assert rows[1] == {
        "model": "lstm",
        "setting": "usual",
        "seeds": "1 2",
        "scored_on": "test",
        "is_bound": "no",
        "nats_per_step": "5.25",
        "sd": str(math.sqrt(0.125)),
        "of_seeds": "5.0 5.5",
        "valid": "6.25",
        "valid_sd": str(math.sqrt(0.125)),
        "beside": "usual",
        "change": "",
        "change_low": "",
        "change_high": "",
        "songs": "2",
        "parameters": "1234",
        "best_epoch": "3.0",
        "seconds": "12.25",
    }


def test_settings_are_compared_song_by_song_with_their_models_own(usual):
    vae, usual_lstm, small = read_rows(usual)
    assert float(small["change"]) == pytest.approx(1)  # not 2.25, which the vae's would be
    assert 0 < float(small["change_low"]) <= 1 <= float(small["change_high"])
    assert change(small).startswith("+1.000 (+0.5")
    assert change(usual_lstm) == change(vae) == "–"


def test_a_bound_is_marked(usual):
    vae, lstm, _ = read_rows(usual)
    assert score(vae) == "≤ 4.000 (0.000)"
    assert score(lstm) == "5.250 (0.354)"
    assert score(lstm, "valid", "valid_sd") == "6.250 (0.354)"


def test_one_seed_and_one_song_have_no_spread(table):
    path = table({"lstm/a/7": metrics([4]), "lstm/b/7": metrics([5])}, base="a")
    first, second = read_rows(path)
    assert (first["sd"], first["beside"], score(first)) == ("", "a", "4.000")
    assert (second["change_low"], change(second)) == ("", "+1.000")
    assert "sd of" not in show_table(path)


def test_without_test_songs_validation_counts(table):
    path = table({"lstm/usual/1": metrics([4], on="valid")})
    assert read_rows(path)[0]["scored_on"] == "valid"
    assert read_rows(path)[0]["nats_per_step"] == "5.0"
    assert "nats/step, validation" in show_table(path)


def test_a_training_that_exploded_comes_last(table):
    nan = float("nan")
    path = table({"lstm/wild/1": metrics([nan, nan]), "lstm/usual/1": metrics([4, 6])})
    first, last = read_rows(path)
    assert (first["setting"], last["setting"]) == ("usual", "wild")
    assert "nan" in show_table(path)


def test_the_terminal_shows_what_matters(usual):
    shown = show_table(usual)
    assert len(shown.splitlines()) == 2 + 3
    for text in ("nats/step, test (sd of 2 seeds)", "beside usual (95%)", "≤ 4.000", "1,234"):
        assert text in shown


def test_the_order_of_trainings_changes_nothing_but_ties(table, tmp_path):
    cells = {"lstm/usual/1": metrics([4, 6]), "lstm/small/1": metrics([5, 7])}
    text = table(cells).read_text()
    files = [str(tmp_path / "x" / cell / "metrics.json") for cell in reversed(cells)]
    write_table(tmp_path / "x.tsv", files, "usual")
    assert (tmp_path / "x.tsv").read_text() == text
