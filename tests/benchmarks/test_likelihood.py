import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks/likelihood.py"


def run(*arguments):
    command = [sys.executable, SCRIPT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def dataset(tmp_path):
    """Chords that move up and down, an empty frame here and there, one test song."""
    rng = np.random.default_rng(1)
    songs = lambda n: [  # noqa: E731
        [tuple(p + i % 5 for p in (40, 52, 59)) if rng.random() > 0.1 else () for i in range(30)]
        for _ in range(n)
    ]
    path = tmp_path / "tunes.pickle"
    path.write_bytes(pickle.dumps({"train": songs(4), "valid": songs(2), "test": songs(1)}, 2))
    return path


@pytest.mark.parametrize("model", ["lstm", "chords"])
def test_a_set_is_trained_on_and_its_test_split_scored(dataset, model):
    done = run(dataset, "--model", model, "--minutes", "0.03", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["preset"], result["songs"], result["steps"]) == ("other", 1, 30)
    assert 0 < result["test_nats_per_step"] < 40
    assert result["interval_95"] is None  # of one song
    assert result["floors"].keys() == {"frequencies", "again"}


def test_what_is_no_set_is_one_line(tmp_path):
    path = tmp_path / "tunes.pickle"
    path.write_bytes(b"no pickle")
    done = run(path, "--model", "lstm")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Error: {path}: ")
