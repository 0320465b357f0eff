"""Read config.yaml: fill in the schema's defaults and check all values against the schema."""

import math
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import jsonschema
import yaml

from mathrock.config.checks import check_pairs, check_texts
from mathrock.config.errors import SettingsError
from mathrock.config.wording import explain_violation


def read_settings(config: Mapping, schema: str | Path) -> dict:
    """Return a copy of the settings with the schema's defaults filled in.

    The effects are checked by `check_effects`, which needs Pedalboard.

    Raises:
        SettingsError: a key is unknown, a type is wrong, or a value is out of range.
    """
    rules = yaml.safe_load(Path(schema).read_text(encoding="utf-8"))
    settings = _with_defaults(deepcopy(dict(config)), rules)
    check(settings, rules)
    check_texts(settings)
    check_pairs(settings)
    return settings


def check(values: object, rules: Mapping, place: str = "") -> None:
    """Check the values that stand at `place` against a schema.

    Raises:
        SettingsError: the schema does not allow one of the values.
    """
    errors = list(_Validator(rules).iter_errors(values))
    if errors:
        first = min(errors, key=lambda error: len(error.absolute_path))
        raise SettingsError(explain_violation(first, place))


def nominal_rate(grid: dict) -> float:
    """Return the steps a second by which seconds of windows become steps.

    On a grid of beats it is the rate at 120 quarter notes a minute.
    """
    return grid["steps_per_second"] if grid["kind"] == "time" else 2 * grid["steps_per_beat"]


def _with_defaults(settings: dict, schema: dict) -> dict:
    """Fill in what is missing, at every depth, from the schema's `default` values."""
    for key, rule in schema.get("properties", {}).items():
        emptied = settings.get(key) is None and rule.get("type") == "object"  # `grid:` alone
        if (key not in settings or emptied) and "default" in rule:
            settings[key] = deepcopy(rule["default"])
        if isinstance(settings.get(key), dict):
            _with_defaults(settings[key], rule)
    return settings


def _is_whole(checker, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker, value: object) -> bool:
    return _is_whole(checker, value) or (isinstance(value, float) and math.isfinite(value))


# Stricter than JSON Schema, to which 56.0 is an integer and YAML's .nan a number.
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_whole, "number": _is_number}
    ),
)
