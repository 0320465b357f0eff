import ctypes.util
import importlib.util
import types

import pytest

from mathrock.rendering import fluidsynth_engine
from mathrock.rendering.soundfont import SynthesisError
from mathrock.rendering.synthesis import open_synth
from small_soundfont import small_sf2


@pytest.fixture
def nowhere(monkeypatch):
    monkeypatch.delenv("FLUIDSYNTH_LIB", raising=False)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.fixture
def font(tmp_path):
    path = tmp_path / "a.sf2"
    path.write_bytes(small_sf2())
    return path


def test_an_absent_library_is_an_error_with_the_ways_to_get_it(nowhere, font):
    with pytest.raises(SynthesisError, match=r"apt, brew or conda.*pip install pygame-ce"):
        open_synth(font, engine="fluidsynth")


def test_the_environment_comes_first(nowhere, monkeypatch, font):
    monkeypatch.setenv("FLUIDSYNTH_LIB", "/nowhere/libfluidsynth.so")
    assert fluidsynth_engine.find_library() == "/nowhere/libfluidsynth.so"
    with pytest.raises(SynthesisError, match=r"/nowhere/libfluidsynth\.so can't be used"):
        open_synth(font, engine="fluidsynth")


@pytest.mark.parametrize("folder", ["pygame_ce.libs", "pygame/.dylibs"])
def test_the_library_inside_pygame_is_found(nowhere, monkeypatch, tmp_path, folder):
    library = tmp_path / folder / "libfluidsynth-1.so.3"
    library.parent.mkdir(parents=True)
    library.touch()
    spec = types.SimpleNamespace(origin=str(tmp_path / "pygame/__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    assert fluidsynth_engine.find_library() == str(library)


def test_a_font_it_cannot_load_is_an_error(font):
    if fluidsynth_engine.find_library() is None:
        pytest.skip("FluidSynth's library is not installed")
    with pytest.raises(SynthesisError, match=r"can't load the SoundFont .*a\.sf2"):
        open_synth(font, engine="fluidsynth")
