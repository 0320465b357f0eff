"""What is it worth to transpose training crops, to stretch them, to rotate their bars?

ROLLS are piano rolls of the workflow, results/rolls/*.npy, each with the .json that says its grid
and its bars beside it. With each augmentation a model is trained on the first 85% of every song,
for the same time or number of epochs, and validated on the rest.
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

import _library  # noqa: F401
import packing
from _measure import BenchmarkError, at_least_1, call, machine, parser, show, show_json
from _models import MODELS, configured, trained
from mathrock.config.settings import nominal_rate
from mathrock.dataset.index import TooLittleMusic
from mathrock.dataset.sequences import Sequences
from mathrock.songs.status import read_status
from mathrock.training.trainer import best_epoch

HELD_OUT = 0.15
STRETCH = 0.1
CROP, HOP = 8, 4  # seconds, as in config.yaml
NONE = {"transpose": (0, 0), "stretch": 0, "rotate": False}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("rolls", nargs="+", metavar="ROLL")
    options.add_argument("--model", choices=MODELS, default="lstm")
    limit = options.add_mutually_exclusive_group()
    limit.add_argument("--minutes", type=float, default=5, help="of each training")
    limit.add_argument("--epochs", type=at_least_1, help="of each training, however long they take")
    options.add_argument("--seeds", type=at_least_1, default=1, metavar="N")
    given = options.parse_args()
    facts = machine(["keras", keras.backend.backend(), "numpy"])
    with tempfile.TemporaryDirectory() as folder:
        packed = pack([Path(roll) for roll in given.rolls], Path(folder) / "songs")
        rows = [
            measure(given, name, knobs, packed, Path(folder))
            for name, knobs in augmentations(
                packed, configured(given.model)[1]["transpose"]
            ).items()
        ]
    if given.json:
        show_json({"machine": facts, "model": given.model, "augmentations": rows})
        return
    table = [
        [row["augmentation"], row["mean"], row["least"], row["most"], _span(row["epochs"])]
        for row in rows
    ]
    headers = ["augmentation", "nats per step", "least", "most", "epochs"]
    limit = f"{given.epochs} epochs" if given.epochs else f"{given.minutes:g} min"
    notes = (
        f"{given.model}, {limit} of training each, {given.seeds} seed(s): mean, least and most of"
        " the best epoch's nats per step of the held-out ends."
    )
    show(facts, headers, table, notes)


def _span(numbers: list[int]) -> str:
    return "-".join(map(str, sorted({min(numbers), max(numbers)})))


def pack(rolls: list[Path], folder: Path) -> Sequences:
    songs = {roll.stem: (roll, "none") for roll in rolls}
    try:
        grids = {roll.stem: read_status(roll.with_suffix(".json")).facts["grid"] for roll in rolls}
        rate = nominal_rate(next(iter(grids.values())))
        splits = dict.fromkeys(songs, "train")  # no valid song: the ends are held out
        packing.pack(songs, folder, rate, CROP, HOP, valid=HELD_OUT, splits=splits, grids=grids)
    except (OSError, KeyError) as error:
        raise BenchmarkError(f"a roll or its .json is not the workflow's: {error}") from None
    except TooLittleMusic as error:
        raise BenchmarkError(error) from None
    return Sequences(folder)


def augmentations(packed: Sequences, semitones: list[int]) -> dict[str, dict]:
    """Those that do something to these songs, by name: the knobs of the engine."""
    songs = {span.song for span in packed.spans}
    transpose = NONE | {"transpose": semitones}
    result = {"none": NONE, "transpose": transpose}
    if any(packed.steps_per_beat(song) is None for song in songs):
        result["transpose, stretch"] = transpose | {"stretch": STRETCH}
    if any(len(packed.bars(song)) for song in songs):
        result["transpose, rotate"] = transpose | {"rotate": True}
    return result


def measure(
    given: argparse.Namespace, name: str, augmentation: dict, packed: Sequences, folder: Path
) -> dict:
    """Train with each seed; the best validation of each."""
    sizes, knobs = configured(given.model)
    knobs |= {**augmentation, "patience": 100_000}
    if given.epochs:
        knobs |= {"epochs": given.epochs}
    else:
        knobs |= {"epochs": 100_000, "minutes": given.minutes}
    best, epochs = [], []
    for seed in range(1, given.seeds + 1):
        checkpoints = folder / f"{name}-{seed}"
        label = f"{name}, seed {seed}: "
        _, history = trained(given.model, sizes, knobs | {"seed": seed}, packed, checkpoints, label)
        best.append(history[best_epoch(history) - 1]["valid"])
        epochs.append(len(history))
    return {
        "augmentation": name,
        "mean": round(sum(best) / len(best), 4),
        "least": round(min(best), 4),
        "most": round(max(best), 4),
        "by_seed": [round(value, 4) for value in best],
        "epochs": epochs,
    }


if __name__ == "__main__":
    call(main)
