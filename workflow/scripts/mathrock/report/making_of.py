"""Gather the page's section on provenance: rules' time and memory, versions, digests, config."""

import csv
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import yaml

from mathrock.files.json_files import read_json
from mathrock.files.provenance import VERSION
from mathrock.report.formatting import duration, size

MEASURABLE = 0.5  # seconds; of shorter jobs Snakemake measures the memory before they have any
PACKAGES = ("snakemake", "basic-pitch", "mido", "numpy", "tensorflow", "keras", "pedalboard")
PACKAGES += ("soundfile", "music21", "pyyaml", "matplotlib", "jinja2")


def gather(benchmarks: str | Path, made: Sequence[str], config: dict, failures: list[str]) -> dict:
    """Gather the rules' time and memory, seeds, digests by file, versions and the config as YAML.

    Args:
        benchmarks: the folder of Snakemake's benchmark files, {rule}.tsv or {rule}/**.tsv.
        made: .json files with a `made`, of models and takes.
        config: all settings that are in force.
        failures: lines that say which jobs failed in this run, and why.
    """
    provenance = [read_json(path) for path in made]
    provenance = [one.get("generated", one)["made"] for one in provenance]
    versions = {}
    digests, seeds = {}, {}
    for path, one in zip(made, provenance, strict=True):
        versions |= one["versions"]
        digests |= one["inputs"]
        seeds[_name(path)] = one["settings"].get("seed")
    installed = {name: _version(name) for name in PACKAGES}
    return {
        "rules": measure_rules(benchmarks),
        "seeds": seeds,
        "digests": sorted(digests.items()),
        "versions": sorted(
            (
                {"mathrock": VERSION, "python": platform.python_version()} | installed | versions
            ).items()
        ),
        "config": yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=100),
        "failures": failures,
        "seed_of_split": config["sequences"]["seed"],
    }


def measure_rules(folder: str | Path) -> list[dict]:
    """Sum up each rule's benchmarks: jobs, seconds in all and at most, and the most memory.

    The rules that took longest come first. A rule without benchmark files is left out.
    """
    jobs: dict[str, list[tuple[float, float]]] = {}
    for path in sorted(Path(folder).rglob("*.tsv")):
        rule = path.relative_to(folder).parts[0].removesuffix(".tsv")
        jobs.setdefault(rule, []).extend(_read_benchmarks(path))
    rows = []
    for rule, found in jobs.items():
        if found:
            seconds = [job[0] for job in found]
            rows.append(
                (sum(seconds), rule, len(found), max(seconds), max(job[1] for job in found))
            )
    return [
        {
            "rule": rule,
            "jobs": count,
            "total": duration(total),
            "longest": duration(longest),
            "memory": size(memory) if memory and longest >= MEASURABLE else "–",
            "seconds": total,
            "longest_seconds": longest,
            "bytes": memory,
        }
        for total, rule, count, longest, memory in sorted(rows, reverse=True)
    ]


def memory_of_training(folder: str | Path) -> dict[str, float]:
    """Look up the most memory that each model's training had, in bytes."""
    rules = measure_rules(folder)
    return {
        row["rule"].removeprefix("train_"): row["bytes"]
        for row in rules
        if row["rule"].startswith("train_")
    }


def _read_benchmarks(path: Path) -> list[tuple[float, float]]:
    """Read seconds and bytes of the jobs in a benchmark file; 0 bytes where none were measured.

    Snakemake writes these files; a damaged one is as if nothing had been measured.
    """
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(_number(row.get("s")), 2**20 * _number(row.get("max_rss"))) for row in rows]


def _number(text: str | None) -> float:
    """Parse a number, 0 where the text is none."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _version(package: str) -> str:
    """Look up the installed version of a package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not in this environment"


def _name(path: str) -> str:
    """Name a model by its folder, a track by folder and name."""
    path = Path(path)
    return path.parent.name if path.stem == "metrics" else f"{path.parent.name}/{path.stem}"
