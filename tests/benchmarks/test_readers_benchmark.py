"""The benchmarks of readers: what is compared, what is counted, and that limits hold."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from _limited import call_limited
from _note_comparison import compare
from small_scores import small_scores

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def notes(*rows):
    """Rows of onset, offset, pitch and whether it is a hit."""
    return np.array([(*row, 0)[:4] for row in rows], float).reshape(-1, 4)


def moved(notes, onset=0, offset=0, pitch=0):
    return np.add(notes, [onset, offset, pitch, 0])


TUNE = notes((0, 1, 60), (1, 2, 62), (1, 2, 66), (3, 4, 60), (3, 3.1, 38, 1))


def test_readings_are_equal_within_10_ms_whatever_the_order():
    assert compare(TUNE, moved(TUNE[::-1], 0.009)) == ("equal", 1, 1)
    assert compare(notes(), notes()) == ("equal", 1, 1)


def test_ends_stand_apart():
    assert compare(TUNE, moved(TUNE, offset=0.5)) == ("equal", 1, 0)


@pytest.mark.parametrize(
    ("theirs", "verdict", "shared"),
    [
        (moved(TUNE * [1.5, 1.5, 1, 1], 2, 2), "other tempo", 0),
        (TUNE * [1, 1, 1, 0], "other drums", 0.8),
        (np.where(TUNE == 66, 67, TUNE), "differ", 0.8),
        (moved(TUNE, pitch=12), "differ", 0),
        (notes(), "differ", 0),
    ],
)
def test_what_differs_has_a_name(theirs, verdict, shared):
    for one, other in ((TUNE, theirs), (theirs, TUNE)):
        assert compare(one, other)[:2] == (verdict, pytest.approx(shared))


def test_one_may_have_all_notes_of_the_other():
    assert compare(TUNE[:-1], TUNE)[:2] == ("it has more", 0.8)
    assert compare(TUNE, TUNE[:-1])[:2] == ("we have more", 0.8)
    twice = np.concatenate([TUNE, TUNE])  # two hits at once are one
    assert compare(twice, TUNE)[:2] == ("we have more", 5 / 9)


def misbehave(how):
    if how == "endless":
        while True:
            pass
    elif how == "huge":
        return len(bytearray(300_000_000))
    elif how == "dead":
        os._exit(3)
    elif how == "error":
        raise ValueError("no")
    return time.process_time() > 0


def test_calls_end_at_their_limits_and_others_go_on():
    items = ["good", "endless", "dead", "huge", "error", "good"]
    found = sorted(call_limited(misbehave, items, jobs=2, seconds=0.5, megabytes=100))
    assert [(item, outcome.value, outcome.failure) for item, outcome in found] == [
        ("dead", None, "ends its process with status 3"),
        ("endless", None, "Overtime: takes more than 0.5 s of a core"),
        ("error", None, "ValueError: no"),
        ("good", True, ""),
        ("good", True, ""),
        ("huge", None, "MemoryError: "),
    ]


@pytest.fixture
def scores(tmp_path):
    """A folder with files of all kinds, one of them damaged."""
    for ending, files in small_scores().items():
        for number, data in enumerate(files):
            (tmp_path / "scores" / ending).mkdir(parents=True, exist_ok=True)
            (tmp_path / "scores" / ending / f"{number}.{ending}").write_bytes(data)
    (tmp_path / "scores" / "bad.MID").write_bytes(b"no MIDI at all")
    return tmp_path / "scores"


def run(script, *arguments):
    command = [sys.executable, BENCHMARKS / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_folder_is_read_and_compared(scores, tmp_path):
    table = tmp_path / "list.tsv"
    output = run("readers.py", scores, "--without", "music21", "--json", "--list", table)
    kinds = {kind["kind"]: kind for kind in json.loads(output)["ours"]}
    assert kinds.keys() == {"MIDI", "ABC", "MusicXML", "Guitar Pro"}
    assert (kinds["MIDI"]["files"], kinds["MIDI"]["read"]) == (4, 3)
    assert [reason[2] for reason in kinds["MIDI"]["reasons"]] == [[str(scores / "bad.MID")]]
    assert (kinds["Guitar Pro"]["files"], kinds["Guitar Pro"]["read"]) == (3, 3)
    assert all(kind["beyond limits"] == 0 for kind in kinds.values())
    beside = {other["reader"]: other for other in json.loads(output)["others"]}
    assert beside["pretty_midi"]["equal"] == 3
    assert beside["pretty_midi"]["both refuse"] == 1
    assert len(table.read_text().splitlines()) > len(list(scores.rglob("*.*")))


def test_an_empty_folder_is_refused(tmp_path):
    command = [sys.executable, BENCHMARKS / "readers.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"Error: {tmp_path} holds no score of any kind\n")


def test_mutants_are_counted_by_kind(scores):
    result = json.loads(run("any_bytes.py", scores, "--inputs", 20, "--json", "--jobs", 1))
    for kind in result["kinds"]:
        assert kind["inputs"] == kind["songs"] + kind["refused"] + kind["failed"] == 4
