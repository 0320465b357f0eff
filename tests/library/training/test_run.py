import csv
import hashlib
import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mathrock.dataset import index
from mathrock.models.lstm import build_model
from mathrock.pianoroll.attributes import ATTRIBUTES
from mathrock.training import run
from packing import pack

KNOBS = {"units": 3, "layers": 1, "dropout": 0.0, "epochs": 2, "patience": 5, "batch": 4}
KNOBS |= {"learning_rate": 0.02, "transpose": [0, 0], "seed": 1}
KNOBS |= {"decay": "linear", "average": 0.5, "weight_decay": 0, "mixed_precision": True}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, riff):
    """A whole experiment: its folder and what it told."""
    from mathrock.pianoroll import encoding

    folder, told = tmp_path_factory.mktemp("experiment"), []
    name = next(n for i in range(99) if index.split_of(n := f"{i}", 0.15, 0.1, 0) == "train")
    encoding.save(folder / "roll.npy", riff(64))
    pack({name: (folder / "roll.npy", "none")}, folder, 16, 1, 1, least_seconds=1)
    outputs = SimpleNamespace(
        model=folder / "out/model.keras",
        history=folder / "out/history.csv",
        metrics=folder / "out/metrics.json",
    )
    with pytest.MonkeyPatch.context() as patch:  # TensorFlow takes no limit once it has begun
        patch.setattr(run, "limit_threads", lambda threads: told.append(f"{threads} threads"))
        run.run(
            build_model,
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


def test_the_model_can_be_loaded(finished):
    model = keras.saving.load_model(finished[0] / "out/model.keras", compile=False)
    shapes = {"before": (1, 1, 128, 2), "steps": (1, 1, 128, 2), "memory": (1, 1, 2, 3)}
    shapes["style"] = (1, 1, len(ATTRIBUTES))
    outputs = model({name: np.zeros(shape, "float32") for name, shape in shapes.items()})
    assert outputs["nats"].shape == (1, 1)
    assert outputs["memory"].shape == (1, 1, 2, 3)


def test_the_history_has_a_row_an_epoch(finished):
    with (finished[0] / "out/history.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2"]


def test_the_metrics_say_how_good_and_how_made(finished):
    folder, _, metrics = finished
    assert metrics["nats_per_step"].keys() == {"train", "valid", "test"}
    assert metrics["nats_per_step"]["test"] is metrics["test"] is None
    assert metrics["nats_per_step"]["valid"] == metrics["valid"]["nats_per_step"]["value"]
    assert metrics["best_epoch"] <= metrics["epochs"] == 2
    assert metrics["notes_per_second"] == pytest.approx(4, rel=0.1)
    assert metrics["made"]["settings"] == KNOBS
    assert metrics["made"]["code"] == {"mathrock/lstm.py": "abc"}
    packed = folder / "steps.npy"
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    assert metrics["made"]["inputs"][str(packed)] == digest
    assert {"keras", "numpy", "python"} <= metrics["made"]["versions"].keys()


def test_the_metrics_of_the_best_epoch_are_those_it_was_chosen_by(finished):
    with (finished[0] / "out/history.csv").open() as file:
        row = list(csv.DictReader(file))[finished[2]["best_epoch"] - 1]
    assert finished[2]["nats_per_step"]["valid"] == pytest.approx(float(row["valid"]), rel=1e-5)
    assert finished[2]["nats_per_step"]["train"] == float(row["train"])


def test_without_a_test_song_the_floors_are_of_the_validation(finished):
    """One song, whose end is for validation: no interval."""
    metrics = finished[2]
    assert metrics["floors"].keys() == {"on", "frequencies", "again"}
    assert metrics["floors"]["on"] == "valid"
    of_songs = metrics["valid"].pop("of_songs")
    for found in (metrics["valid"], metrics["floors"]["again"], metrics["floors"]["frequencies"]):
        assert found.keys() == {"nats_per_step", "nats_per_note", "songs", "steps"}
        assert (found["songs"], found["steps"]) == (1, 10)
        assert found["nats_per_step"]["value"] > 0
        assert found["nats_per_step"]["interval"] is None
    ((nats, steps),) = of_songs.values()
    assert nats / steps == pytest.approx(metrics["valid"]["nats_per_step"]["value"], abs=1e-3)


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
