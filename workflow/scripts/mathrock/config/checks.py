"""Check what a schema cannot say: pairs of values, and what has to be on this machine."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from mathrock.config.errors import SettingsError
from mathrock.config.wording import shown
from mathrock.rendering.effects.files import files_of
from mathrock.rendering.soundfont import SynthesisError, check_soundfont

LONGEST_TEXT, LONGEST_NAME = 4096, 255  # bytes of a path and of a name in it, on Linux


def check_texts(values: object, place: str = "") -> None:
    """Check that texts, keys included, are short, and hold no characters that no file can have.

    Raises:
        SettingsError: a text is too long, or holds a NUL or half a character.
    """
    if isinstance(values, str):
        if any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in values):
            raise SettingsError(f"{place}: {shown(values)} holds a character that no text may hold")
        size = max(len(part.encode()) for part in values.split("/"))
        if size > LONGEST_NAME or len(values.encode()) > LONGEST_TEXT:
            raise SettingsError(f"{place}: {shown(values)} is too long for a path or a name")
    elif isinstance(values, Mapping):
        for key, value in values.items():
            check_texts(key, place)
            check_texts(value, f"{place}.{key}" if place else str(key))
    elif isinstance(values, list):
        for index, value in enumerate(values):
            check_texts(value, f"{place}.{index}")


def check_pairs(settings: dict) -> None:
    """Check what holds between two values of the settings.

    Raises:
        SettingsError: two values contradict each other.
    """
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
    check_pitch_range(settings["transcription"], "transcription")
    check_pitch_range(settings["generate"], "generate")
    for index, part in enumerate(settings["decode"]["parts"]):
        check_pitch_range(part, f"decode.parts.{index}")
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
        SettingsError: the range runs backwards or leaves out 0.
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


def check_pitch_range(knobs: dict, place: str) -> None:
    """Check that the lowest pitch of the knobs, which stand at `place`, is not above the highest.

    Raises:
        SettingsError: the lowest pitch is above the highest.
    """
    if knobs["lowest_pitch"] > knobs["highest_pitch"]:
        raise SettingsError(
            f"{place}.lowest_pitch: {knobs['lowest_pitch']} is above highest_pitch,"
            f" {knobs['highest_pitch']}"
        )


def check_files(settings: Mapping) -> None:
    """Check that the files named in the settings are on this machine.

    Raises:
        SettingsError: a file is missing, or the sound font's file is not a sound font.
    """
    try:
        check_soundfont(settings["render"]["soundfont"])
    except SynthesisError as error:
        raise SettingsError(f"render.soundfont: {error}") from None
    for name, chain in settings["effects"]["chains"].items():
        for path in files_of(chain):
            if not Path(path).exists():
                raise SettingsError(f"effects.chains.{name}: there is no file {path}")
            if not (Path(path).is_file() or Path(path).is_dir()):  # a plug-in may be a folder
                raise SettingsError(f"effects.chains.{name}: {path} is a pipe or a device, no file")


def check_engine(render: Mapping) -> None:
    """Check that the engine that plays MIDI is installed.

    Raises:
        SettingsError: the engine's library is missing.
    """
    if render["engine"] != "fluidsynth":
        return
    from mathrock.rendering.fluidsynth_engine import find_library  # imports NumPy

    if find_library() is None:
        raise SettingsError(
            "render.engine: FluidSynth is not installed: install it (apt, brew or conda install"
            " fluidsynth) or choose tinysoundfont"
        )
