"""Write the table of an experiment: the likelihood of held-out songs, by model and setting."""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from tabulate import tabulate

from mathrock.files.json_files import read_json
from mathrock.files.tsv import read_rows, write_rows
from mathrock.training.comparison_rows import change, score
from mathrock.training.paired_bootstrap import Scored, difference

COLUMNS = ("model", "setting", "seeds", "scored_on", "is_bound", "nats_per_step", "sd", "of_seeds")
COLUMNS += ("valid", "valid_sd", "beside", "change", "change_low", "change_high", "songs")
COLUMNS += ("parameters", "best_epoch", "seconds")
BOUND = "kl"  # a metric that only models have whose nats are an upper bound


def write_table(path: str | Path, metrics: Sequence[str], base: str) -> None:
    """Write a tab-separated row for each model and setting, the best first.

    Args:
        metrics: the .json of each training, in folders model/setting/seed.
        base: the setting with which each model's other settings are compared.

    Scores are of the test songs, or of the validation songs where there are none. `of_seeds` are
    the values of the means in the order of `seeds`; sd is their standard deviation, empty for one;
    `change` is in nats a step from the model's base, see `paired_bootstrap`.
    """
    trained: dict[tuple[str, str], dict[str, dict]] = {}
    for file in metrics:
        model, setting, seed = Path(file).parts[-4:-1]
        trained.setdefault((model, setting), {})[seed] = read_json(file)
    rows = [
        _row(model, setting, of_seeds, base, list(trained[model, base].values()))
        for (model, setting), of_seeds in trained.items()
    ]
    rows.sort(key=lambda row: (math.isnan(row["nats_per_step"]), row["nats_per_step"]))
    write_rows(path, COLUMNS, ([row[column] for column in COLUMNS] for row in rows))


def _row(
    model: str, setting: str, of_seeds: dict[str, dict], base: str, base_metrics: list[dict]
) -> dict:
    """Compute the row of a model with a setting, from the metrics of its seeds."""
    metrics = list(of_seeds.values())
    on = metrics[0]["floors"]["on"]
    nats = [one["nats_per_step"][on] for one in metrics]
    valid = [one["nats_per_step"]["valid"] for one in metrics]
    change, interval = None, None
    if setting != base:
        shared = [
            song for song in metrics[0][on]["of_songs"] if song in base_metrics[0][on]["of_songs"]
        ]
        change, interval = difference(
            _scored(metrics, on, shared), _scored(base_metrics, on, shared)
        )
    low, high = interval or (None, None)
    return {
        "model": model,
        "setting": setting,
        "seeds": " ".join(of_seeds),
        "scored_on": on,
        "is_bound": "yes" if BOUND in metrics[0][on] else "no",
        "nats_per_step": fmean(nats),
        "sd": _spread(nats),
        "of_seeds": " ".join(map(str, nats)),
        "valid": fmean(valid),
        "valid_sd": _spread(valid),
        "beside": base,
        "change": change,
        "change_low": low,
        "change_high": high,
        "songs": metrics[0][on]["songs"],
        "parameters": metrics[0]["parameters"],
        "best_epoch": fmean(one["best_epoch"] for one in metrics),
        "seconds": fmean(one["seconds"] for one in metrics),
    }


def _scored(metrics: list[dict], on: str, songs: list[str]) -> Scored:
    """Collect the nats and the steps of these songs over seeds."""
    of_songs = [[one[on]["of_songs"][song] for song in songs] for one in metrics]
    return Scored(
        np.array([[nats for nats, _ in one] for one in of_songs]),
        np.array([steps for _, steps in of_songs[0]]),
    )


def _spread(values: list[float]) -> float | None:
    """Compute the standard deviation; None of a single value."""
    return stdev(values) if len(values) > 1 else None


def show_table(path: str | Path) -> str:
    """Format the table for the terminal."""
    rows = read_rows(path)
    first = rows[0]
    on = "test" if first["scored_on"] == "test" else "validation"
    seeds = len(first["seeds"].split())
    columns = [
        "model",
        "setting",
        f"nats/step, {on}" + (f" (sd of {seeds} seeds)" if seeds > 1 else ""),
        f"beside {first['beside']} (95%)",
        "parameters",
        "best epoch",
        "training took",
    ]
    shown = [
        [
            row["model"],
            row["setting"],
            score(row),
            change(row),
            f"{int(row['parameters']):,}",
            f"{float(row['best_epoch']):.0f}",
            f"{float(row['seconds']):.0f} s",
        ]
        for row in rows
    ]
    return tabulate(shown, columns, disable_numparse=True)
