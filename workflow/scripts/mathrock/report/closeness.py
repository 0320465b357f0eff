"""Gather the page's section on closeness: distributions, overlapped areas, metrics."""

from mathrock.files.json_files import read_json
from mathrock.report import figures
from mathrock.report.formatting import number, percent

REFERENCES = "references"
NAMES = {"train": "training songs", "held_out": "held-out songs"}


def gather(path: str | None) -> dict | None:
    """Gather tables and pictures from what rule compare_takes wrote; None without its file."""
    if not path:
        return None
    comparison = read_json(path)
    measured = {name: group for name, group in comparison["groups"].items() if group["pieces"]}
    order = [*NAMES, *sorted(measured.keys() - NAMES.keys() - {REFERENCES}), REFERENCES]
    groups = {name: measured[name] for name in order if name in measured}
    names = {name: NAMES.get(name, name) for name in groups}
    others = [name for name in groups if name != "train"]
    return {
        "piece_seconds": number(comparison["piece_seconds"], 0),
        "groups": [
            {"name": names[name], "pieces": group["pieces"], "sources": group["sources"]}
            for name, group in groups.items()
        ],
        "others": [names[name] for name in others],
        "overlaps": [
            {
                "label": feature["label"],
                "cells": [
                    _cell(
                        comparison["closeness"][other][name], comparison["unknown"][other].get(name)
                    )
                    for other in others
                ],
            }
            for name, feature in comparison["features"].items()
        ],
        "varieties": [
            {"label": feature["label"], "cells": _variety(groups, name)}
            for name, feature in comparison["features"].items()
        ]
        if "train" in groups
        else [],
        "scores": [
            {
                "label": score["label"],
                "unit": score["unit"],
                "cells": [_score(group["scores"].get(name)) for group in groups.values()],
            }
            for name, score in comparison["scores"].items()
        ],
        "legend": figures.draw_legend(list(names.values())),
        "pictures": [
            figures.draw_distributions(
                feature["label"],
                feature["unit"],
                feature["bins"],
                {names[group]: its["distributions"][name] for group, its in groups.items()},
            )
            for name, feature in comparison["features"].items()
            if any(its["distributions"][name] for its in groups.values())
        ],
    }


def _variety(groups: dict, feature: str) -> list[str]:
    """Compute each group's intra-set distance as a share of that of training songs."""
    training, *others = (group["variety"][feature] for group in groups.values())
    return ["–" if other is None or not training else percent(other / training) for other in others]


def _cell(found: dict | None, reason: str | None) -> dict:
    """Format a feature's closeness; where it is undefined, give the reason."""
    if not found:
        return {"reason": reason or "not known"}
    return {
        "overlap": percent(found["overlap"]),
        "warmth": max(0.0, 2 * found["overlap"] - 1),  # of the colour: none below a half
        "kl": number(found["kl"]),
    }


def _score(found: dict | None) -> str:
    """Format a metric's mean and quartiles; a dash where it is undefined."""
    if not found:
        return "–"
    digits = 1 if found["mean"] >= 10 else 2
    mean, low, high = (number(found[name], digits) for name in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"
