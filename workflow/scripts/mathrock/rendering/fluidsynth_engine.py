"""Synthesize MIDI events with FluidSynth's library through ctypes, its reverb and chorus off.

FluidSynth follows the SoundFont standard by itself; effects belong to the effects step.
"""

import ctypes
import ctypes.util
import importlib.util
import os
from pathlib import Path

import numpy as np

from mathrock.rendering.soundfont import SynthesisError, substitutes

DRUM_CHANNEL, DRUM_BANK = 9, 128
LIBRARY_VARIABLE = "FLUIDSYNTH_LIB"
LIBRARY_NAMES = ("fluidsynth", "fluidsynth-3", "libfluidsynth-3")

_POINTER, _INT, _TEXT, _NUMBER = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_double
_PROTOTYPES = {  # function -> result and arguments
    "new_fluid_settings": (_POINTER, []),
    "delete_fluid_settings": (None, [_POINTER]),
    "fluid_settings_setnum": (_INT, [_POINTER, _TEXT, _NUMBER]),
    "fluid_settings_setint": (_INT, [_POINTER, _TEXT, _INT]),
    "new_fluid_synth": (_POINTER, [_POINTER]),
    "delete_fluid_synth": (None, [_POINTER]),
    "fluid_synth_sfload": (_INT, [_POINTER, _TEXT, _INT]),
    "fluid_synth_get_sfont_by_id": (_POINTER, [_POINTER, _INT]),
    "fluid_sfont_get_preset": (_POINTER, [_POINTER, _INT, _INT]),
    "fluid_synth_system_reset": (_INT, [_POINTER]),
    "fluid_synth_noteon": (_INT, [_POINTER, _INT, _INT, _INT]),
    "fluid_synth_noteoff": (_INT, [_POINTER, _INT, _INT]),
    "fluid_synth_cc": (_INT, [_POINTER, _INT, _INT, _INT]),
    "fluid_synth_pitch_bend": (_INT, [_POINTER, _INT, _INT]),
    "fluid_synth_program_change": (_INT, [_POINTER, _INT, _INT]),
    "fluid_synth_write_float": (
        _INT,
        [_POINTER, _INT, _POINTER, _INT, _INT, _POINTER, _INT, _INT],
    ),
}


def find_library() -> str | None:
    """Find the library to load: $FLUIDSYNTH_LIB, the system's, or that of pygame-ce's wheel."""
    if chosen := os.environ.get(LIBRARY_VARIABLE):
        return chosen
    for name in LIBRARY_NAMES:
        if found := ctypes.util.find_library(name):
            return found
    pygame = importlib.util.find_spec("pygame")  # does not import it
    if pygame is None or pygame.origin is None:
        return None
    package = Path(pygame.origin).parent
    folders = (package.parent / "pygame_ce.libs", package / ".dylibs")  # Linux, macOS
    libraries = [path for folder in folders for path in sorted(folder.glob("libfluidsynth*"))]
    return str(libraries[0]) if libraries else None


def _load_library() -> ctypes.CDLL:
    path = find_library()
    if path is None:
        raise SynthesisError(
            "engine fluidsynth needs FluidSynth's library, which was not found: install fluidsynth "
            "with apt, brew or conda, or `pip install pygame-ce`, or set FLUIDSYNTH_LIB to its path"
        )
    try:
        library = ctypes.CDLL(path)
        for name, (result, arguments) in _PROTOTYPES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise SynthesisError(
            f"{path} can't be used as FluidSynth's library (version 2 or newer): {error}"
        ) from None
    return library


class FluidSynth:
    """A General MIDI synthesizer of 16 channels that fills float32 stereo buffers."""

    def __init__(self, soundfont: Path, sample_rate: int, gain_db: float):
        self._synth = self._settings = None  # for __del__, should the library be absent
        self._soundfont = soundfont
        self._library = library = _load_library()
        self._settings = library.new_fluid_settings()
        gain = 10 ** (gain_db / 20)
        library.fluid_settings_setnum(self._settings, b"synth.sample-rate", sample_rate)
        library.fluid_settings_setnum(self._settings, b"synth.gain", gain)
        for switch in (b"synth.reverb.active", b"synth.chorus.active", b"synth.lock-memory"):
            library.fluid_settings_setint(self._settings, switch, 0)
        self.reset()

    def __del__(self):
        if self._synth:
            self._library.delete_fluid_synth(self._synth)
        if self._settings:
            self._library.delete_fluid_settings(self._settings)

    def reset(self) -> None:
        """Stop all sound and reset every channel to program 0, volume 100 and no pitch bend.

        Make a new synthesizer, because the voices of a used one sound slightly different.
        """
        used = self._synth
        self._synth = self._library.new_fluid_synth(self._settings)
        font = os.fsencode(self._soundfont)
        number = self._library.fluid_synth_sfload(self._synth, font, 1)
        if used:  # until now, so that the samples stay in FluidSynth's cache
            self._library.delete_fluid_synth(used)
        if number < 0:
            raise SynthesisError(
                f"FluidSynth can't load the SoundFont {self._soundfont}: try another"
            )
        self._font = self._library.fluid_synth_get_sfont_by_id(self._synth, number)

    def fill(self, samples: np.ndarray) -> None:
        """Render into `samples`: (n, 2) float32, C-contiguous."""
        at = samples.ctypes.data
        self._library.fluid_synth_write_float(self._synth, len(samples), at, 0, 2, at, 1, 2)

    def note_on(self, channel: int, key: int, velocity: int) -> None:
        """Start a note."""
        self._library.fluid_synth_noteon(self._synth, channel, key, velocity)

    def note_off(self, channel: int, key: int) -> None:
        """Release a note."""
        self._library.fluid_synth_noteoff(self._synth, channel, key)

    def pitch_bend(self, channel: int, value: int) -> None:
        """Set the pitch wheel: -8192 to 8191, 0 in the middle."""
        self._library.fluid_synth_pitch_bend(self._synth, channel, value + 8192)

    def control_change(self, channel: int, control: int, value: int) -> None:
        """Send a control change such as the volume (7) or the sustain pedal (64)."""
        self._library.fluid_synth_cc(self._synth, channel, control, value)

    def program_change(self, channel: int, program: int) -> bool:
        """Choose an instrument; return False where the font lacks it and its nearest one plays."""
        bank = DRUM_BANK if channel == DRUM_CHANNEL else 0
        has = self._library.fluid_sfont_get_preset
        choices = (program, *substitutes(program))
        number = next((p for p in choices if has(self._font, bank, p)), program)
        self._library.fluid_synth_program_change(self._synth, channel, number)
        return number == program
