"""Make the takes of config.yaml: by which models, with which settings, through which effects."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mathrock.config.checks import check_pitch_range
from mathrock.config.effects import effects_of
from mathrock.config.errors import SettingsError, one_of
from mathrock.generation.errors import ANY_SONG
from mathrock.generation.take_settings import TakeSettings
from mathrock.generation.variations import Track, tracks_of
from mathrock.models.catalogue import CATALOGUE
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.songs.genres import NO_GENRE, blendable
from mathrock.songs.list_file import folder_of
from mathrock.songs.song import Song


@dataclass(frozen=True)
class Take:
    """A new song to make: by which models, with which settings, through which effects."""

    models: list[str]
    settings: TakeSettings
    effects: dict

    def knobs_of(self, *models: str) -> dict:
        """Return the settings that any of the models looks at, as params of a rule.

        What none of the models looks at is left out, so that a change of it makes nothing stale.
        """
        ignored = set.intersection(*(set(CATALOGUE[model].ignores) for model in models))
        return replace(self.settings, **dict.fromkeys(ignored)).to_params()

    def tracks(self, name: str) -> dict[str, Track]:
        """Return the tracks that a take of this name becomes for each model."""
        return tracks_of(name, self.settings.variations)


def takes_of(settings: dict, songs: Mapping[str, Song]) -> dict[str, Take]:
    """Make the takes by name, each with `generate`'s values where it says nothing itself.

    A take's song is named by its id or by its path in the songs folder; the names of its pitch
    classes become numbers from C.

    Raises:
        SettingsError: a take names a model, song, chain or genre that does not exist, or one of
            its variations has the name of another take.
    """
    folder = folder_of(settings["songs"])
    paths = {
        _normalised(Path(song.path).relative_to(folder).as_posix()): song.id
        for song in songs.values()
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
            song = paths.get(_normalised(knobs[knob]), knobs[knob])
            knobs[knob] = one_of(song, [ANY_SONG, *songs], f"{at}.{knob}", "song")
        knobs["blend"] = _blend(knobs["blend"], folder, songs.values(), f"{at}.blend")
        knobs["pitch_classes"] = sorted({PITCH_CLASSES[note] for note in knobs["pitch_classes"]})
        effects = effects_of(settings, knobs.pop("effects", {}), f"{at}.effects")
        check_pitch_range(knobs, at)
        reach = range(knobs["lowest_pitch"], knobs["highest_pitch"] + 1)
        if knobs["pitch_classes"] and not {p % 12 for p in reach} & {*knobs["pitch_classes"]}:
            raise SettingsError(
                f"{at}.pitch_classes: none of them lies between lowest_pitch, {reach[0]}, and"
                f" highest_pitch, {reach[-1]}"
            )
        takes[name] = Take(models, TakeSettings.from_params(knobs), effects)
        for track in takes[name].tracks(name).keys() - {name}:
            if track in settings["takes"]:
                raise SettingsError(
                    f"{at}.variations: {track} would be one of them, but there is a take {track}:"
                    " rename one"
                )
    return takes


def _blend(blend: dict, folder: Path, songs: Iterable[Song], place: str) -> dict[str, float]:
    """Return the blend with its genres spelt as their folders are.

    Raises:
        SettingsError: a genre does not exist, there is only one genre, or all weights are 0.
    """
    if not blend:
        return {}
    genres = {_normalised(song.genre): song.genre for song in songs}
    known = blendable(genres)
    if not known:
        alone = sorted({*genres} - {NO_GENRE})
        there = f"all songs are of one genre, {alone[0]}" if alone else "no song is of a genre"
        missing = [genre for genre in map(_normalised, map(str, blend)) if genre not in alone]
        missing = (missing or ["surf" if alone != ["surf"] else "rock"])[0]
        of = "another" if alone else "one"
        raise SettingsError(
            f"{place}: {there}: put songs of {of} into a folder of its own, such as"
            f" {folder}/{missing}/"
        )
    for genre in map(str, blend):
        if _normalised(genre) not in known:
            raise SettingsError(
                f"{place}: no song is of the genre {genre!r}; there are {', '.join(known[:8])}: to"
                f" have another, put its songs into {folder}/{genre}/"
            )
    if not any(blend.values()):
        raise SettingsError(f"{place}: all weights are 0: one must be more")
    return {genres[_normalised(str(genre))]: weight for genre, weight in blend.items()}


def _normalised(path: str) -> str:
    """Spell a path's accents in one way: file systems and editors have several."""
    return unicodedata.normalize("NFC", path)
