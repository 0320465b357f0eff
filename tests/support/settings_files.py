"""Settings as a user writes them: the shipped file, changed."""

import copy
from pathlib import Path

import pytest
import yaml

from mathrock.config.effects import check_effects
from mathrock.config.errors import SettingsError
from mathrock.config.settings import read_settings
from mathrock.config.take import takes_of
from mathrock.songs.listing import song_id
from mathrock.songs.song import Song

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def changed(text):
    """The shipped settings with some lines of YAML laid over them."""

    def lay(below, above):
        for key, value in above.items():
            if isinstance(value, dict) and value and isinstance(below.get(key), dict):
                lay(below[key], value)
            else:
                below[key] = value
        return below

    return lay(copy.deepcopy(SHIPPED), yaml.safe_load(text))


def song(path, folder="data/songs"):
    return Song(song_id(Path(path)), f"{folder}/{path}", "none", Path(path).suffix[1:])


SONGS = {s.id: s for s in [song("a.mp3"), song("live/b c.mp3"), song("live/Café.wav")]}


def checked_takes(config, songs):
    """The takes of settings that are checked as a run checks them."""
    settings = read_settings(config, SCHEMA)
    check_effects(settings["effects"])
    return takes_of(settings, songs)


def takes(text, songs=SONGS):
    return checked_takes(changed(text), songs)


def message(text, songs=SONGS):
    """The line by which settings are refused."""
    with pytest.raises(SettingsError) as caught:
        takes(text, songs)
    line = str(caught.value)
    assert line.startswith("config.yaml: ")
    assert len(line.splitlines()) == 1
    return line.removeprefix("config.yaml: ")


def leaves(values, path=()):
    if isinstance(values, dict):
        for key, value in values.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, values
