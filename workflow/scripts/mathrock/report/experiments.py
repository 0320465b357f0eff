"""Gather the page's section on experiments: each model with each setting, over seeds."""

from collections.abc import Sequence
from pathlib import Path

from mathrock.files.tsv import read_rows
from mathrock.report import figures
from mathrock.report.formatting import duration
from mathrock.training.comparison_rows import change, score


def gather(tables: Sequence[str]) -> list[dict]:
    """Gather for each experiment a table, the best first, and a picture of its seeds.

    Args:
        tables: the .tsv of each experiment, named after it.
    """
    return [_experiment(Path(path).stem, read_rows(path)) for path in tables]


def _experiment(name: str, rows: list[dict[str, str]]) -> dict:
    """Format the rows of an experiment's table and draw its picture."""
    first = rows[0]
    has_test = first["scored_on"] == "test"
    points = [
        (
            row["model"],
            f"{row['model']}, {row['setting']}",
            [float(nats) for nats in row["of_seeds"].split()],
        )
        for row in rows
    ]
    return {
        "name": name,
        "base": first["beside"],
        "seeds": len(first["seeds"].split()),
        "songs": int(first["songs"]),
        "scored_on": "test" if has_test else "validation",
        "has_bound": any(row["is_bound"] == "yes" for row in rows),
        "rows": [
            {
                "model": row["model"],
                "setting": row["setting"],
                "test": score(row) if has_test else "–",
                "valid": score(row, "valid", "valid_sd"),
                "change": change(row),
                "parameters": f"{int(row['parameters']):,}",
                "epoch": f"{float(row['best_epoch']):.0f}",
                "time": duration(float(row["seconds"])),
            }
            for row in rows
        ],
        "picture": figures.draw_trials(points),
    }
