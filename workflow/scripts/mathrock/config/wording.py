"""Explain a violation of the schema to a musician, in one line."""

import difflib
import re

from jsonschema import ValidationError

_NUMBER = re.compile(r"\s*[-+]?[\d.]+(e[-+]?\d+)?\s*", re.IGNORECASE)

TYPES = {  # in words for a musician
    "object": "a group of settings",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def explain_violation(error: ValidationError, place: str = "") -> str:
    """Say in one line where a value stands, what is wrong with it and what is allowed.

    Args:
        place: key's path of what was checked, before the error's own path.
    """
    place = ".".join([*filter(None, [place]), *map(str, error.absolute_path)])
    known = list(error.schema.get("properties", {}))
    if error.validator == "additionalProperties":
        key = next(key for key in error.instance if key not in known)
        close = difflib.get_close_matches(str(key), known, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        place = f"{place}.{key}" if place else str(key)
        return f"{place}: unknown key; {hint}there are {', '.join(known)}"
    if "propertyNames" in error.absolute_schema_path:
        allowed = "lower-case letters, digits and hyphens, 60 at most, in quotes if need be"
        return f"{place}: {shown(error.instance)} cannot be a name; use {allowed}"
    if error.validator == "required":
        missing = next(key for key in error.schema["required"] if key not in error.instance)
        return f"{place}.{missing}: is missing"
    return f"{place or 'the file'}: {_problem(error)}"


def shown(value: object) -> str:
    """Show a value, short enough for a line."""
    if isinstance(value, list | dict) and len(value) > 20:
        return f"a {'list' if isinstance(value, list) else 'group'} of {len(value):,}"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _problem(error: ValidationError) -> str:
    rule, value = error.schema, error.instance
    text = f"{'an empty value' if value is None else shown(value)} is not allowed; it must be "
    kinds = rule.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "enum" in rule:
        text += "one of " + ", ".join("null" if one is None else str(one) for one in rule["enum"])
    else:
        text += " or ".join(TYPES[kind] for kind in kinds)
    if "pattern" in rule:
        text += f" like {rule['examples'][0]}"
    text += _limits(rule)
    meaning = re.sub(r"\s+", " ", rule.get("description", "")).strip()
    text += f" ({meaning})" if meaning else ""
    if isinstance(value, str) and {"number", "integer"} & {*kinds} and _NUMBER.fullmatch(value):
        text += "; to YAML this is text: write it without quotes, and 1e-3 as 0.001"
    return text


def _limits(rule: dict) -> str:
    words = {
        "minimum": "at least {}",
        "exclusiveMinimum": "more than {}",
        "maximum": "at most {}",
        "exclusiveMaximum": "less than {}",
        "minItems": "of at least {}",
        "maxItems": "at most {}",
        "maxProperties": "of at most {}",
        "uniqueItems": "each once",
    }
    limits = [text.format(rule[key]) for key, text in words.items() if key in rule]
    return " " + " and ".join(limits) if limits else ""
