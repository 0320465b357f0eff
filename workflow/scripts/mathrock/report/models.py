"""What the page shows of the models: how they learned, how likely they find songs."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mathrock.files.json_files import read_json
from mathrock.models.catalogue import CATALOGUE
from mathrock.report import figures
from mathrock.report.formatting import duration, number, percent, size

FLOORS = {
    "frequencies": "floor: each pitch as often as ever",
    "again": "floor: the last step again",
}


def gather(
    metrics: Iterable[str],
    histories: Iterable[str],
    models: Iterable[str],
    space: str | None,
    latents: str | None,
    titles: Mapping[str, str],
    memory: Mapping[str, float],
) -> dict:
    """The models' table and pictures; the VAE's own where it was trained.

    Args:
        metrics, histories, models: metrics.json, history.csv and model.keras of each, in a folder
            named after it.
        space, latents: of the VAE.
        titles: songs' names by id.
        memory: of each model's training at most, in bytes.
    """
    told = {Path(path).parent.name: read_json(path) for path in metrics}
    curves = {Path(path).parent.name: _rows(path) for path in histories}
    sizes = {Path(path).parent.name: Path(path).stat().st_size for path in models}
    with_space = [name for name in told if CATALOGUE[name].has_latents]
    rows = []
    for model, its in told.items():
        rows.append(
            {
                "name": model,
                "parameters": f"{its['parameters']:,}",
                "epochs": f"{its['best_epoch']} of {its['epochs']}",
                "time": duration(its["seconds"]),
                "memory": size(memory[model]) if model in memory else "–",
                "size": size(sizes[model]) if model in sizes else "–",
                "train": number(its["nats_per_step"]["train"]),
                "valid": _with_interval(its["valid"]),
                "test": _with_interval(its["test"]),
            }
        )
    return {
        "rows": rows,
        "data": next((its["data"] for its in told.values()), None),
        "scores": _scores(told) if told else None,
        "scored_on": next((its["floors"]["on"] for its in told.values()), "test"),
        "curves": [figures.draw_curve(model, rows) for model, rows in curves.items()],
        "vae": next((_vae(told[name], space, latents, titles) for name in with_space), None),
    }


def _scores(told: Mapping[str, dict]):
    """The picture of nats a step with intervals, best first, and the floors below."""
    first = next(iter(told.values()))
    on = first["floors"]["on"]
    points = [(name, its[on]["nats_per_step"], False) for name, its in told.items() if its[on]]
    points.sort(key=lambda point: point[1]["value"])
    points += [
        (words, first["floors"][name]["nats_per_step"], True) for name, words in FLOORS.items()
    ]
    return figures.draw_scores(
        [(name, nats["value"], nats["interval"], is_floor) for name, nats, is_floor in points]
    )


def _vae(metrics: dict, space: str | None, latents: str | None, titles: Mapping[str, str]) -> dict:
    on = "test" if metrics["test"] else "valid"
    scores = metrics[on] or {}
    facts = [
        ("KL divergence", f"{number(scores.get('kl'), 1)} nats a window"),
        ("reconstruction", f"{number(scores.get('reconstruction'))} nats a step"),
        ("active units", percent(scores.get("active"))),
    ]
    if space:
        exam = read_json(space)
        back, way = exam["reconstruction"], exam["interpolation"]
        facts += [
            ("steps right, teacher-forced", percent(back["teacher_forced"])),
            ("windows that come back: onset F1", number(back["onset_f1"])),
            ("what the space is worth", f"{number(back['worth_of_z'])} nats a step"),
        ]
        if way:  # where there are two songs to go between
            ours, coins = percent(way["ours"]["mean"]), percent(way["mixed"]["mean"])
            changed = f"{ours}; of rolls mixed by coins {coins}"
            facts.append(("notes that change a step of an interpolation", changed))
    shown = None
    if latents:
        with np.load(latents) as found:
            songs, genres = found["songs"].tolist(), found["song_genres"].tolist()
            if songs:
                names = [titles.get(song, song) for song in songs]
                shown = figures.draw_map(found["song_means"], genres, names)
    return {"facts": facts, "map": shown}


def _with_interval(scores: dict | None) -> str:
    if not scores:
        return "–"
    nats = scores["nats_per_step"]
    if not nats["interval"]:
        return number(nats["value"])
    low, high = map(number, nats["interval"])
    return f"{number(nats['value'])} ({low} to {high})"


def _rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
