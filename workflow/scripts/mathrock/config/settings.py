"""Check config.yaml against its schema and what a schema cannot say, before any job."""

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import jsonschema
import yaml

from mathrock.config.effects import check_effects
from mathrock.generation.errors import ANY_SONG
from mathrock.generation.variations import Track, tracks_of
from mathrock.models.catalogue import CATALOGUE
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.rendering.effects.chains import EffectError
from mathrock.rendering.effects.files import files_of
from mathrock.rendering.fluidsynth_engine import find_library
from mathrock.rendering.soundfont import SynthesisError, check_soundfont
from mathrock.songs.genres import blendable
from mathrock.songs.list_file import folder_of
from mathrock.songs.listing import NO_GENRE
from mathrock.songs.song import Song

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


class SettingsError(ValueError):
    """A setting is wrong; the message is one line: the key's path and what is allowed."""

    def __init__(self, problem: object):
        super().__init__(f"config.yaml: {' '.join(str(problem).splitlines())}")


class Take(NamedTuple):
    """A new song to make: by which models, what `generate` needs to know, what the effects do."""

    models: list[str]
    knobs: dict
    effects: dict

    def knobs_of(self, *models: str) -> dict:
        """The knobs that some of the models look at: a change of others makes nothing stale."""
        unused = set.intersection(*(set(CATALOGUE[model].ignores) for model in models))
        return {knob: value for knob, value in self.knobs.items() if knob not in unused}

    def tracks(self, name: str) -> dict[str, Track]:
        """What becomes of a take of this name, for each model."""
        return tracks_of(name, self.knobs["variations"])


def read_settings(config: Mapping, schema: str | Path) -> dict:
    """Return a copy of the settings with the schema's defaults filled in.

    Raises:
        SettingsError: an unknown key, a wrong type, a value out of range, or a wrong effect.
    """
    rules = yaml.safe_load(Path(schema).read_text(encoding="utf-8"))
    settings = _with_defaults(deepcopy(dict(config)), rules)
    check(settings, rules)
    _check_pairs(settings)
    try:
        check_effects(settings["effects"])
    except EffectError as error:
        raise SettingsError(error) from None
    return settings


def check(values: object, rules: Mapping, place: str = "") -> None:
    """Check the values that stand at `place` against a schema.

    Raises:
        SettingsError: one of them is not allowed.
    """
    errors = list(_Validator(rules).iter_errors(values))
    if errors:
        first = min(errors, key=lambda error: len(error.absolute_path))
        raise SettingsError(_sentence(first, place))


def check_files(settings: Mapping) -> None:
    """Check that the files that settings name are on this machine, and the sound font is one.

    Raises:
        SettingsError: a file is missing, or the sound font is none.
    """
    try:
        check_soundfont(settings["render"]["soundfont"])
    except SynthesisError as error:
        raise SettingsError(f"render.soundfont: {error}") from None
    for name, chain in settings["effects"]["chains"].items():
        for path in files_of(chain):
            if not Path(path).exists():
                raise SettingsError(f"effects.chains.{name}: there is no file {path}")


def check_engine(render: Mapping) -> None:
    """Check that the engine that plays MIDI is there.

    Raises:
        SettingsError: its library is missing.
    """
    if render["engine"] == "fluidsynth" and find_library() is None:
        raise SettingsError(
            "render.engine: FluidSynth is not installed: install it (apt, brew or conda install"
            " fluidsynth) or choose tinysoundfont"
        )


def nominal_rate(grid: dict) -> float:
    """What windows' seconds become steps by: on a grid of beats as at 120 beats a minute."""
    return grid["steps_per_second"] if grid["kind"] == "time" else 2 * grid["steps_per_beat"]


def takes_of(settings: dict, songs: Mapping[str, Song]) -> dict[str, Take]:
    """The takes by name, each with `generate`'s values where it says nothing itself.

    A take's song is named by its id or by its path in the songs folder; its pitch classes become
    numbers from C.

    Raises:
        SettingsError: a take names a model, song, chain or genre that does not exist, or its
            variations are called like another take.
    """
    folder = folder_of(settings["songs"])
    paths = {
        _spelt(Path(song.path).relative_to(folder).as_posix()): song.id for song in songs.values()
    }
    takes = {}
    for name, own in settings["takes"].items():
        at = f"takes.{name}"
        knobs = {**settings["generate"], **own}
        models = knobs.pop("model")
        models = list(dict.fromkeys([models] if isinstance(models, str) else models))
        for model in models:
            one_of(model, settings["models"], f"{at}.model", "model")
        for knob in ("song", "to"):
            song = paths.get(_spelt(knobs[knob]), knobs[knob])
            knobs[knob] = one_of(song, [ANY_SONG, *songs], f"{at}.{knob}", "song")
        knobs["blend"] = _blend(knobs["blend"], folder, songs.values(), f"{at}.blend")
        knobs["pitch_classes"] = sorted({PITCH_CLASSES[note] for note in knobs["pitch_classes"]})
        effects = effects_of(settings, knobs.pop("effects", {}), f"{at}.effects")
        _check_range(knobs, at)
        reach = range(knobs["lowest_pitch"], knobs["highest_pitch"] + 1)
        if knobs["pitch_classes"] and not {p % 12 for p in reach} & {*knobs["pitch_classes"]}:
            raise SettingsError(
                f"{at}.pitch_classes: none of them lies between lowest_pitch, {reach[0]}, and"
                f" highest_pitch, {reach[-1]}"
            )
        takes[name] = Take(models, knobs, effects)
        for track in takes[name].tracks(name).keys() - {name}:
            if track in settings["takes"]:
                raise SettingsError(
                    f"{at}.variations: {track} would be one of them, but there is a take {track}:"
                    " rename one"
                )
    return takes


def _blend(blend: dict, folder: Path, songs: Iterable[Song], place: str) -> dict[str, float]:
    """The blend with its genres spelt as their folders are.

    Raises:
        SettingsError: there is no such genre, or only one, or all weights are 0.
    """
    if not blend:
        return {}
    genres = {_spelt(song.genre): song.genre for song in songs}
    known = blendable(genres)
    if not known:
        alone = sorted({*genres} - {NO_GENRE})
        there = f"all songs are of one genre, {alone[0]}" if alone else "no song is of a genre"
        missing = [genre for genre in map(_spelt, map(str, blend)) if genre not in alone]
        missing = (missing or ["surf" if alone != ["surf"] else "rock"])[0]
        of = "another" if alone else "one"
        raise SettingsError(
            f"{place}: {there}: put songs of {of} into a folder of its own, such as"
            f" {folder}/{missing}/"
        )
    for genre in map(str, blend):
        if _spelt(genre) not in known:
            raise SettingsError(
                f"{place}: no song is of the genre {genre!r}; there are {', '.join(known[:8])}: to"
                f" have another, put its songs into {folder}/{genre}/"
            )
    if not any(blend.values()):
        raise SettingsError(f"{place}: all weights are 0: one must be more")
    return {genres[_spelt(str(genre))]: weight for genre, weight in blend.items()}


def _spelt(path: str) -> str:
    """A path with its accents in one spelling: file systems and editors have several."""
    return unicodedata.normalize("NFC", path)


def effects_of(settings: dict, own: Mapping = MappingProxyType({}), place: str = "") -> dict:
    """What the effects do with a track that sends the parts of `own` through other chains.

    Of the chains there are those that its parts and the master go through: no other knob concerns
    this track.

    Raises:
        SettingsError: a chain of `own`, which stands at `place`, does not exist.
    """
    effects = {**settings["effects"], "parts": {**settings["effects"]["parts"], **own}}
    for part, chain in own.items():
        if chain is not None:
            one_of(chain, effects["chains"], f"{place}.{part}", "chain")
    used = {*effects["parts"].values(), effects["master"]}
    effects["chains"] = {name: chain for name, chain in effects["chains"].items() if name in used}
    return effects


def _check_pairs(settings: dict) -> None:
    """What holds between two values."""
    split = settings["sequences"]
    if split["hop_seconds"] > split["window_seconds"]:
        raise SettingsError(
            f"sequences.hop_seconds: {split['hop_seconds']:g} is more than window_seconds,"
            f" {split['window_seconds']:g}: music between the windows would be left out"
        )
    if split["valid"] + split["test"] >= 1:
        raise SettingsError(
            "sequences: valid and test together must leave songs to train on, less"
            f" than 1, not {split['valid'] + split['test']:g}"
        )
    _check_range(settings["transcription"], "transcription")
    _check_range(settings["generate"], "generate")
    for index, part in enumerate(settings["decode"]["parts"]):
        _check_range(part, f"decode.parts.{index}")
    played = {
        pitch
        for part in settings["decode"]["parts"]
        for pitch in range(part["lowest_pitch"], part["highest_pitch"] + 1)
    }
    for place, knobs in {"generate": settings["generate"], **settings["takes"]}.items():
        pitches = {**settings["generate"], **(knobs or {})}
        for pitch in range(pitches["lowest_pitch"], pitches["highest_pitch"] + 1):
            if pitch not in played:
                raise SettingsError(
                    f"decode.parts: no part plays pitch {pitch}, which {place} may strike: let the"
                    " parts' pitches meet"
                )
    for name, model in settings["models"].items():
        check_transpose(model, f"models.{name}")


def check_transpose(knobs: dict, place: str) -> None:
    """Check that the semitones of a model's knobs, which stand at `place`, go up through 0.

    Raises:
        SettingsError: they do not.
    """
    low, high = knobs["transpose"]
    if low <= high and not low <= 0 <= high:
        raise SettingsError(
            f"{place}.transpose: [{low}, {high}] leaves out 0: songs must be heard as they are, too"
        )
    if low > high:
        raise SettingsError(
            f"{place}.transpose: [{low}, {high}] runs backwards; say [lowest, highest] in semitones"
        )


def _check_range(knobs: dict, place: str) -> None:
    if knobs["lowest_pitch"] > knobs["highest_pitch"]:
        raise SettingsError(
            f"{place}.lowest_pitch: {knobs['lowest_pitch']} is above highest_pitch,"
            f" {knobs['highest_pitch']}"
        )


def one_of(value: str, known: Iterable[str], place: str, kind: str) -> str:
    """The value, which stands at `place`, if it is known.

    Raises:
        SettingsError: it is not; the line has the nearest that is.
    """
    known = list(known)
    if value in known:
        return value
    close = difflib.get_close_matches(str(value), known, 1, 0.4)
    listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
    hint = f"did you mean {close[0]}? " if close else ""
    raise SettingsError(f"{place}: unknown {kind} {value!r}; {hint}there are {listed}")


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


def _sentence(error: jsonschema.ValidationError, place: str = "") -> str:
    """One line for a musician: where, what is wrong, what is allowed."""
    place = ".".join([*filter(None, [place]), *map(str, error.absolute_path)])
    known = list(error.schema.get("properties", {}))
    if error.validator == "additionalProperties":
        key = next(key for key in error.instance if key not in known)
        close = difflib.get_close_matches(str(key), known, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        place = f"{place}.{key}" if place else str(key)
        return f"{place}: unknown key; {hint}there are {', '.join(known)}"
    if "propertyNames" in error.absolute_schema_path:
        allowed = "lower-case letters, digits and hyphens"
        return f"{place}: {error.instance!r} cannot be a name; use {allowed}, in quotes if need be"
    if error.validator == "required":
        missing = next(key for key in error.schema["required"] if key not in error.instance)
        return f"{place}.{missing}: is missing"
    return f"{place or 'the file'}: {_problem(error)}"


def _problem(error: jsonschema.ValidationError) -> str:
    rule, value = error.schema, error.instance
    text = f"{'an empty value' if value is None else repr(value)} is not allowed; it must be "
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
        "uniqueItems": "each once",
    }
    limits = [text.format(rule[key]) for key, text in words.items() if key in rule]
    return " " + " and ".join(limits) if limits else ""
