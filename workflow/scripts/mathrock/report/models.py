"""Gather the page's section on models: learning curves and likelihoods of songs."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from mathrock.files.arrays import read_arrays
from mathrock.files.json_files import read_json
from mathrock.files.tsv import read_rows
from mathrock.models.catalogue import CATALOGUE
from mathrock.report import figures
from mathrock.report.formatting import duration, number, percent, size

BASELINES = {
    "frequencies": "baseline: each pitch at its mean frequency",
    "again": "baseline: repeat the last step",
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
    """Gather the models' table and pictures, and those of the VAE where it was trained.

    Args:
        metrics, histories, models: metrics.json, history.csv and model.keras of each model, in a
            folder named after it.
        space, latents: the VAE's latent space quality (.json) and latent statistics (.npz).
        titles: songs' names by id.
        memory: the most that each model's training had, in bytes.
    """
    by_model = {Path(path).parent.name: read_json(path) for path in metrics}
    curves = {Path(path).parent.name: read_rows(path) for path in histories}
    sizes = {Path(path).parent.name: Path(path).stat().st_size for path in models}
    with_space = [name for name in by_model if CATALOGUE[name].has_latents]
    rows = []
    for model, its in by_model.items():
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
        "data": next((its["data"] for its in by_model.values()), None),
        "scores": _draw_scores(by_model) if by_model else None,
        "scored_on": next((its["floors"]["on"] for its in by_model.values()), "test"),
        "curves": [figures.draw_curve(model, rows) for model, rows in curves.items()],
        "vae": next((_vae(by_model[name], space, latents, titles) for name in with_space), None),
    }


def _draw_scores(by_model: Mapping[str, dict]):
    """Draw nats a step with intervals, the best model first and the baselines last."""
    first = next(iter(by_model.values()))
    on = first["floors"]["on"]
    points = [(name, its[on]["nats_per_step"], False) for name, its in by_model.items() if its[on]]
    points.sort(key=lambda point: point[1]["value"])
    points += [
        (label, first["floors"][name]["nats_per_step"], True) for name, label in BASELINES.items()
    ]
    return figures.draw_scores(
        [(name, nats["value"], nats["interval"], is_baseline) for name, nats, is_baseline in points]
    )


def _vae(metrics: dict, space: str | None, latents: str | None, titles: Mapping[str, str]) -> dict:
    """Gather facts on the VAE's latent space, and the map of songs in it."""
    on = "test" if metrics["test"] else "valid"
    scores = metrics[on] or {}
    facts = [
        ("KL divergence", f"{number(scores.get('kl'), 1)} nats a window"),
        ("reconstruction", f"{number(scores.get('reconstruction'))} nats a step"),
        ("active units", percent(scores.get("active"))),
    ]
    if space:
        quality = read_json(space)
        reconstruction, interpolation = quality["reconstruction"], quality["interpolation"]
        facts += [
            ("steps predicted right, teacher-forced", percent(reconstruction["teacher_forced"])),
            ("reconstruction of windows: onset F1", number(reconstruction["onset_f1"])),
            ("information in z", f"{number(reconstruction['worth_of_z'])} nats a step"),
        ]
        if interpolation:  # needs two songs
            interpolated, mixed = (
                percent(interpolation[name]["mean"]) for name in ("ours", "mixed")
            )
            changed = f"{interpolated}; of rolls mixed at random {mixed}"
            facts.append(("notes that change from step to step of an interpolation", changed))
    shown = None
    if latents:
        found = read_arrays(latents)
        songs, genres = found["songs"].tolist(), found["song_genres"].tolist()
        if songs:
            names = [titles.get(song, song) for song in songs]
            shown = figures.draw_map(found["song_means"], genres, names)
    return {"facts": facts, "map": shown}


def _with_interval(scores: dict | None) -> str:
    """Format nats a step with their 95% interval; a dash where there are none."""
    if not scores:
        return "–"
    nats = scores["nats_per_step"]
    if not nats["interval"]:
        return number(nats["value"])
    low, high = map(number, nats["interval"])
    return f"{number(nats['value'])} ({low} to {high})"
