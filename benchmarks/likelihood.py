"""Train a model on a public set of piano rolls and print its exact likelihood of the test songs.

DATASET is one of the sets of Boulanger-Lewandowski et al. (2012), as .mat or as .pickle. The engine
is the workflow's: it trains on the train split and chooses the epoch by the validation split; the
test split is looked at once, at the end. All steps count, the first one too, which is predicted
from an empty past.
"""

import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import yaml

from _measure import BenchmarkError, call, machine, parser, show, show_json
from _models import MODELS, trained
from _pianorolls import LOWEST_PITCH, PITCHES, SetError, read_pianorolls
from _sounding import pack_sounding, pack_with_onsets
from mathrock.dataset.index import TooLittleMusic
from mathrock.dataset.sequences import Sequences
from mathrock.training import baselines
from mathrock.training.likelihood import evaluate, summarize
from mathrock.training.trainer import TrainingError, best_epoch

PRESETS = Path(__file__).with_name("presets.yaml")

# Nats per step, as published: (model, are a step's notes modelled jointly, {set: value}). Sets are
# told by the beginning of their file's name.
PUBLISHED = [
    (
        "RNN (Boulanger-Lewandowski et al. 2012)",
        False,
        {"jsb": 8.71, "musedata": 8.13, "nottingham": 4.46, "piano": 8.37},
    ),
    ("LSTM (Bai et al. 2018)", False, {"nottingham": 3.29}),
    ("GRU (Bai et al. 2018)", False, {"nottingham": 3.46}),
    ("TCN (Bai et al. 2018)", False, {"jsb": 8.10, "nottingham": 3.07}),
    ("R-Transformer (Wang et al. 2019)", False, {"nottingham": 2.37}),
    (
        "RNN-NADE (Boulanger-Lewandowski et al. 2012)",
        True,
        {"musedata": 5.60, "nottingham": 2.31},
    ),
]


def main() -> None:
    began = time.monotonic()
    options = parser(__doc__)
    options.add_argument("dataset", metavar="DATASET", help="a .mat, .pickle or .pkl file")
    options.add_argument("--model", required=True, choices=MODELS)
    hint = "of training, validation included but the last; 40 without it"
    options.add_argument("--minutes", type=float, default=40, help=hint)
    options.add_argument("--preset", help="of presets.yaml; without it the set's name decides")
    options.add_argument("--seed", type=int, default=1)
    hint = "score the validation split; leave the test split alone"
    options.add_argument("--valid-only", action="store_true", help=hint)
    given = options.parse_args()
    if given.minutes <= 0:
        options.error(f"--minutes: {given.minutes:g} is not more than 0")
    name, preset = choose_preset(Path(given.dataset), given.preset)
    facts = machine(["keras", keras.backend.backend(), "numpy"])
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(given.dataset, Path(folder), preset["sequences"])
        result = run(packed, Path(folder), preset[given.model], given)
    result = {
        "dataset": Path(given.dataset).name,
        "model": given.model,
        "preset": name,
        **result,
        "wall_s": round(time.monotonic() - began, 1),
    }
    if given.json:
        show_json({"machine": facts, **result})
    else:
        print_result(facts, result, "valid" if given.valid_only else "test")


def choose_preset(dataset: Path, asked: str | None) -> tuple[str, dict]:
    presets = yaml.safe_load(PRESETS.read_text(encoding="utf-8"))
    name = asked or next((n for n in presets if dataset.name.lower().startswith(n)), "other")
    if name not in presets:
        raise BenchmarkError(f"--preset: there is no {name}; there are {', '.join(presets)}")
    return name, presets[name]


def pack(dataset: str, folder: Path, knobs: dict, with_onsets: bool = False) -> Sequences:
    """Pack the set as the workflow packs rolls; a second is a step.

    The sets tell no onsets; `with_onsets` takes each pitch's first step for one.
    """
    try:
        splits = read_pianorolls(dataset)
    except SetError as error:
        raise BenchmarkError(error) from None
    rolls, of = {}, {}
    for split, songs in splits.items():
        for number, song in enumerate(songs, start=1):
            name = f"{split}-{number:04d}"
            rolls[name], of[name] = np.zeros((len(song), 128), np.bool_), split
            rolls[name][:, LOWEST_PITCH : LOWEST_PITCH + PITCHES] = song
    try:
        return (pack_with_onsets if with_onsets else pack_sounding)(
            rolls,
            folder,
            steps_per_second=1,
            window_seconds=knobs["window"],
            hop_seconds=knobs["hop"],
            cycles=tuple(knobs["cycles"]),
            splits=of,
            least_seconds=0,
        )
    except TooLittleMusic as error:
        raise BenchmarkError(f"{dataset}: {error}") from None


def run(packed: Sequences, folder: Path, preset: dict, given) -> dict:
    """Train within the minutes; the measures of the validation and the test split."""
    knobs = {"epochs": 100_000, "patience": 100_000, **preset["training"]}
    knobs |= {"seed": given.seed, "minutes": given.minutes}
    began = time.monotonic()
    try:
        model, history = trained(
            given.model, preset["sizes"], knobs, packed, folder / "checkpoints"
        )
    except TrainingError as error:
        raise BenchmarkError(error) from None
    seconds = time.monotonic() - began
    best = best_epoch(history)
    split = "valid" if given.valid_only else "test"
    found = summarize(evaluate(model, packed, split, knobs["batch"]))
    return {
        f"{split}_nats_per_step": found["nats_per_step"]["value"],
        "interval_95": found["nats_per_step"]["interval"],
        "nats_per_note": found["nats_per_note"]["value"],
        "best_valid_nats_per_step": history[best - 1]["valid"],
        "floors": {
            name: summarize(floor)["nats_per_step"]["value"]
            for name, floor in baselines.score_baselines(packed, split).items()
        },
        "songs": found["songs"],
        "steps": found["steps"],
        "parameters": model.count_params(),
        "epochs": len(history),
        "best_epoch": best,
        "training_s": round(seconds, 1),
        "settings": {"sizes": preset["sizes"], "training": knobs},
    }


def print_result(facts: dict, result: dict, split: str) -> None:
    interval = result["interval_95"]
    spread = "{:.3f} to {:.3f}".format(*interval) if interval else ""
    rows = [
        [f"{result['model']}, this run, {split} split", result[f"{split}_nats_per_step"], spread]
    ]
    rows += [[f"floor: {floor}", nats, ""] for floor, nats in result["floors"].items()]
    rows += [
        [f"{model}, {'joint' if joint else 'independent notes'}", value, "published, test split"]
        for model, joint, values in PUBLISHED
        for name, value in values.items()
        if result["dataset"].lower().startswith(name)
    ]
    notes = (
        f"{result['songs']} songs, {result['steps']} steps; {result['parameters']} parameters,"
        f" {result['epochs']} epochs (best: {result['best_epoch']}) in"
        f" {result['wall_s'] / 60:.1f} min in all; the interval is a 95% bootstrap over songs."
    )
    show(facts, [result["dataset"], "nats per step", ""], rows, notes)


if __name__ == "__main__":
    call(main)
