import csv
import hashlib
import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mathrock import experiment, sequences
from mathrock.lstm import build_model

KNOBS = {"units": 3, "layers": 1, "dropout": 0.0, "epochs": 2, "patience": 5, "batch": 4}
KNOBS |= {"learning_rate": 0.02, "transpose": [0, 0], "seed": 1}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, riff):
    """A whole experiment: its folder and what it told."""
    from mathrock import pianoroll

    folder, told = tmp_path_factory.mktemp("experiment"), []
    name = next(n for i in range(99) if sequences.split_of(n := f"{i}", 0.15, 0.1, 0) == "train")
    pianoroll.save(folder / "roll.npy", riff(64))
    sequences.pack({name: (folder / "roll.npy", "none")}, folder, 16, 1, 1, least_seconds=1)
    outputs = SimpleNamespace(
        model=folder / "out/model.keras",
        history=folder / "out/history.csv",
        metrics=folder / "out/metrics.json",
    )
    with pytest.MonkeyPatch.context() as patch:  # TensorFlow takes no limit once it has begun
        patch.setattr(
            experiment, "_limit_threads", lambda threads: told.append(f"{threads} threads")
        )
        experiment.run(
            lambda frequencies: build_model(3, 1, frequencies=frequencies),
            KNOBS,
            {"mathrock/lstm.py": "abc"},
            [str(folder / name) for name in ("steps.npy", "index.json")],
            outputs,
            str(folder / "checkpoints"),
            str(folder / "board"),
            2,
            told.append,
        )
    return folder, told, json.loads(outputs.metrics.read_text())


def test_the_model_can_be_loaded_without_the_library_code(finished):
    model = keras.saving.load_model(finished[0] / "out/model.keras", compile=False)
    assert model(np.zeros((1, 1, 128, 2), "float32")).shape == (1, 1, 128, 2)


def test_the_history_has_a_row_an_epoch(finished):
    with (finished[0] / "out/history.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2"]


def test_the_metrics_say_how_good_and_how_made(finished):
    folder, _, metrics = finished
    assert metrics["nats_per_step"].keys() == {"train", "valid", "test"}
    assert metrics["nats_per_step"]["test"] is None
    assert metrics["best_epoch"] <= metrics["epochs"] == 2
    assert metrics["notes_per_second"] == pytest.approx(4, rel=0.1)
    assert metrics["made"]["settings"] == KNOBS
    assert metrics["made"]["code"] == {"mathrock/lstm.py": "abc"}
    packed = folder / "steps.npy"
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    assert metrics["made"]["inputs"][str(packed)] == digest
    assert {"keras", "numpy", "python"} <= metrics["made"]["versions"].keys()


def test_checkpoints_are_gone_in_the_end(finished):
    assert not (finished[0] / "checkpoints").exists()
    assert {path.name for path in (finished[0] / "out").iterdir()} == {
        "model.keras",
        "history.csv",
        "metrics.json",
    }


def test_it_keeps_to_its_threads_and_tells_how_it_goes(finished):
    assert finished[1][0] == "2 threads"
    assert finished[1][-1].startswith("epoch 2/2")
