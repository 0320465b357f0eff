"""Read the experiments of config.yaml: the same models with other settings, from several seeds."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from mathrock.config.checks import check_transpose
from mathrock.config.errors import SettingsError, one_of
from mathrock.config.settings import check


class Experiment(NamedTuple):
    """Trainings to compare: each model with each setting from each seed.

    base: the setting that the others are compared with.
    knobs: all that a model knows, but for the seed, by (model, setting).
    """

    base: str
    seeds: list[int]
    knobs: dict[tuple[str, str], dict]

    def cells(self, name: str) -> list[str]:
        """Return the experiment's trainings as paths: experiment/model/setting/seed."""
        return [
            f"{name}/{model}/{setting}/{seed}"
            for model, setting in self.knobs
            for seed in self.seeds
        ]


def experiments_of(settings: dict, schema: str | Path) -> dict[str, Experiment]:
    """Read the experiments by name.

    A setting holds for all models of its experiment. A knob that one of the models lacks is an
    error, because two trainings of that model would be the same under two names.

    Raises:
        SettingsError: a model or a knob that does not exist, or a value that a model's own schema
            does not allow.
    """
    rules = yaml.safe_load(Path(schema).read_text(encoding="utf-8"))
    rules = rules["properties"]["models"]["properties"]
    return {
        name: _experiment(own, settings["models"], rules, f"experiments.{name}")
        for name, own in settings["experiments"].items()
    }


def _experiment(own: Mapping, models: Mapping, rules: Mapping, place: str) -> Experiment:
    for model in own["models"]:
        one_of(model, models, f"{place}.models", "model")
    knobs = {
        (model, setting): _merged(model, models[model], changed, rules, place, setting)
        for model in own["models"]
        for setting, changed in own["settings"].items()
    }
    unchanged = (setting for setting, changed in own["settings"].items() if not changed)
    return Experiment(next(unchanged, next(iter(own["settings"]))), own["seeds"], knobs)


def _merged(
    model: str, usual: dict, changed: dict, rules: Mapping, place: str, setting: str
) -> dict:
    """Return a model's knobs with the setting's changes."""
    place = f"{place}.settings.{setting}"
    for knob in changed:
        if knob == "seed":
            raise SettingsError(f"{place}.seed: seeds stand in the experiment's `seeds`")
        one_of(knob, usual, f"{place}.{knob}", f"knob of {model}")
    merged = usual | changed
    check(merged, rules[model], place)
    check_transpose(merged, place)
    return {knob: value for knob, value in merged.items() if knob != "seed"}
