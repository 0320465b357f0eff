"""Check config.yaml against its schema and what a schema cannot say, before any job."""

import difflib
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import jsonschema
import yaml

from mathrock.effects import EffectError
from mathrock.effectsettings import check_effects
from mathrock.songs import ANY_SONG, Song

FILE_KNOBS = ("impulse_response_filename", "path_to_plugin_file")


class SettingsError(ValueError):
    """A setting is wrong; the message is one line: the key's path and what is allowed."""


class Take(NamedTuple):
    """A new song to make: its model, what `generate` needs to know, and what the effects do."""

    model: str
    knobs: dict
    effects: dict


def read_settings(config: Mapping, schema: str | Path) -> dict:
    """Return a copy of the settings with the schema's defaults filled in.

    Raises:
        SettingsError: an unknown key, a wrong type, a value out of range, or a wrong effect.
    """
    rules = yaml.safe_load(Path(schema).read_text(encoding="utf-8"))
    settings = _with_defaults(deepcopy(dict(config)), rules)
    errors = list(jsonschema.Draft202012Validator(rules).iter_errors(settings))
    if errors:
        raise SettingsError(_sentence(min(errors, key=lambda error: len(error.absolute_path))))
    _check_pairs(settings)
    try:
        check_effects(settings["effects"])
    except EffectError as error:
        raise SettingsError(f"config.yaml: {error}") from None
    return settings


def takes_of(settings: dict, songs: Mapping[str, Song]) -> dict[str, Take]:
    """The takes by name, each with `generate`'s values where it says nothing itself.

    A take's song is named by its id or by its path in the songs folder.

    Raises:
        SettingsError: a take names a model, song or chain that does not exist.
    """
    paths = {
        Path(song.path).relative_to(settings["songs"]).as_posix(): song.id
        for song in songs.values()
    }
    takes = {}
    for name, own in settings["takes"].items():
        at = f"takes.{name}"
        knobs = {**settings["generate"], **own}
        model = _one_of(knobs.pop("model"), settings["models"], f"{at}.model", "model")
        song = paths.get(knobs["song"], knobs["song"])
        knobs["song"] = _one_of(song, [ANY_SONG, *songs], f"{at}.song", "song")
        effects = {**settings["effects"], "parts": {**settings["effects"]["parts"]}}
        for part, chain in knobs.pop("effects", {}).items():
            if chain is not None:
                _one_of(chain, effects["chains"], f"{at}.effects.{part}", "chain")
            effects["parts"][part] = chain
        effects["chains"] = _used_chains(effects)
        _check_range(knobs, at)
        takes[name] = Take(model, knobs, effects)
    return takes


def _used_chains(effects: dict) -> dict:
    """The chains that the parts and the master go through; no other knob concerns this take."""
    used = {*effects["parts"].values(), effects["master"]}
    return {name: chain for name, chain in effects["chains"].items() if name in used}


def files_of(chains: object) -> list[str]:
    """Paths of the impulse responses and plug-ins that chains name, at any depth."""
    if isinstance(chains, dict):
        values = [chains[key] for key in FILE_KNOBS if isinstance(chains.get(key), str)]
        return values + [path for value in chains.values() for path in files_of(value)]
    if isinstance(chains, list):
        return [path for value in chains for path in files_of(value)]
    return []


def _check_pairs(settings: dict) -> None:
    """What holds between two values."""
    split = settings["sequences"]
    if split["valid"] + split["test"] >= 1:
        raise SettingsError(
            "config.yaml: sequences: valid and test together must leave songs to train on, less"
            f" than 1, not {split['valid'] + split['test']:g}"
        )
    _check_range(settings["transcription"], "transcription")
    _check_range(settings["generate"], "generate")
    for name, model in settings["models"].items():
        low, high = model["transpose"]
        if low > high:
            raise SettingsError(
                f"config.yaml: models.{name}.transpose: [{low}, {high}] runs backwards; say"
                " [lowest, highest] in semitones"
            )


def _check_range(knobs: dict, place: str) -> None:
    if knobs["lowest_pitch"] > knobs["highest_pitch"]:
        raise SettingsError(
            f"config.yaml: {place}.lowest_pitch: {knobs['lowest_pitch']} is above highest_pitch,"
            f" {knobs['highest_pitch']}"
        )


def _one_of(value: str, known: Iterable[str], place: str, kind: str) -> str:
    known = list(known)
    if value in known:
        return value
    close = difflib.get_close_matches(str(value), known, 1, 0.4)
    listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
    hint = f"did you mean {close[0]}? " if close else ""
    raise SettingsError(f"config.yaml: {place}: unknown {kind} {value!r}; {hint}there are {listed}")


def _with_defaults(settings: dict, schema: dict) -> dict:
    """Fill in what is missing, at every depth, from the schema's `default` values."""
    for key, rule in schema.get("properties", {}).items():
        if settings.get(key) is None and "default" in rule:
            settings.setdefault(key, deepcopy(rule["default"]))
        if isinstance(settings.get(key), dict):
            _with_defaults(settings[key], rule)
    return settings


def _sentence(error: jsonschema.ValidationError) -> str:
    """One line for a musician: where, what is wrong, what is allowed."""
    place = ".".join(str(key) for key in error.absolute_path)
    known = list(error.schema.get("properties", {}))
    if error.validator == "additionalProperties" and known:
        key = next(key for key in error.instance if key not in known)
        close = difflib.get_close_matches(str(key), known, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        place = f"{place}.{key}" if place else str(key)
        return f"config.yaml: {place}: unknown key; {hint}there are {', '.join(known)}"
    if error.validator in ("additionalProperties", "propertyNames"):
        problem = "has a name that is not lower-case letters, digits and hyphens"
        return f"config.yaml: {place}: {' '.join(error.message.split())}: {problem}"
    return f"config.yaml: {place or 'the file'}: {_problem(error)}"


def _problem(error: jsonschema.ValidationError) -> str:
    rule = error.schema
    if error.validator == "required":
        return f"{error.message}"
    words = [f"{error.instance!r} is not allowed; it must be"]
    kind = rule.get("type", "one of the values below")
    words.append(" or ".join(kind) if isinstance(kind, list) else kind)
    if "enum" in rule:
        words = [words[0], "one of " + ", ".join(map(str, rule["enum"]))]
    if "minimum" in rule or "exclusiveMinimum" in rule:
        above = "more than" if "exclusiveMinimum" in rule else "at least"
        words.append(f"{above} {rule.get('minimum', rule.get('exclusiveMinimum')):g}")
    if "maximum" in rule or "exclusiveMaximum" in rule:
        below = "less than" if "exclusiveMaximum" in rule else "at most"
        words.append(f"{below} {rule.get('maximum', rule.get('exclusiveMaximum')):g}")
    if "pattern" in rule:
        words.append(f"like {rule.get('examples', [rule['pattern']])[0]}")
    text = " ".join(words)
    meaning = re.sub(r"\s+", " ", rule.get("description", "")).strip()
    return f"{text} ({meaning})" if meaning else text
