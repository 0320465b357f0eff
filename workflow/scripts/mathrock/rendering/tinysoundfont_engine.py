"""Synthesize MIDI events with tinysoundfont, the default engine, by the SoundFont standard.

TinySoundFont's level is proportional to velocity and to the cube of volume (CC7) and expression
(CC11), where the standard asks for the square of all three; it takes attenuations literally, has
no sustain pedal, and does not start its channels at General MIDI's volume of 100.
"""

import struct
from functools import partial
from pathlib import Path

import numpy as np
import tinysoundfont

from mathrock.rendering.soundfont import SynthesisError, substitutes
from mathrock.rendering.soundfont_tables import FontError, list_chunks

DRUM_CHANNEL, DRUM_BANK = 9, 128
VOICES = 256
GENERAL_MIDI_VOLUME = 100
VOLUME, EXPRESSION, SUSTAIN = 7, 11, 64
SOUNDS_OFF, RESET_CONTROLLERS, NOTES_OFF = 120, 121, 123
GENERATOR = np.dtype([("kind", "<u2"), ("amount", "<i2")])  # as stored in a font
KEY_RANGE, VELOCITY_RANGE, ATTENUATION = 43, 44, 48
ATTENUATION_FACTOR = 0.4  # of the EMU sound cards; FluidSynth and MuseScore apply it too


class TinySynth:
    """A General MIDI synthesizer of 16 channels that fills float32 stereo buffers."""

    def __init__(self, soundfont: Path, sample_rate: int, gain_db: float):
        synth = tinysoundfont.Synth(gain=gain_db, samplerate=sample_rate)
        try:
            number = synth.sfload(_adapted(soundfont.read_bytes()), max_voices=VOICES)
        except (RuntimeError, FontError) as error:
            raise SynthesisError(f"SoundFont {soundfont} is damaged: get a new copy") from error
        self._font = synth.soundfonts[number]
        self.reset()

    def reset(self) -> None:
        """Stop all sound and reset every channel to program 0, volume 100 and no pitch bend."""
        self._font.reset()
        self.fill(np.empty((4096, 2), np.float32))  # what was sounding fades out in here
        self._volume, self._expression = [GENERAL_MIDI_VOLUME] * 16, [127] * 16
        self._pedal = [False] * 16
        self._held = [set() for _ in range(16)]  # keys released while the pedal is down
        for channel in range(16):
            self.program_change(channel, 0)
            self._set_level(channel)

    def fill(self, samples: np.ndarray) -> None:
        """Render into `samples`: (n, 2) float32, C-contiguous."""
        if len(samples):
            self._font.render(memoryview(samples).cast("B"), False)

    def note_on(self, channel: int, key: int, velocity: int) -> None:
        """Start a note."""
        self._held[channel].discard(key)
        self._font.channel_note_on(channel, key, (velocity / 127) ** 2)

    def note_off(self, channel: int, key: int) -> None:
        """Release a note, or hold it until the sustain pedal is released."""
        if self._pedal[channel]:
            self._held[channel].add(key)
        else:
            self._font.channel_note_off(channel, key)

    def pitch_bend(self, channel: int, value: int) -> None:
        """Set the pitch wheel: -8192 to 8191, 0 in the middle."""
        self._font.channel_set_pitch_wheel(channel, value + 8192)

    def program_change(self, channel: int, program: int) -> bool:
        """Choose an instrument; return False where the font lacks it and its nearest one plays."""
        is_drum = channel == DRUM_CHANNEL
        has = partial(self._font.get_preset_index, DRUM_BANK if is_drum else 0)
        number = next((p for p in (program, *substitutes(program)) if has(p) >= 0), None)
        if number is not None:
            self._font.channel_set_preset_number(channel, number, is_drum)
        return number == program

    def control_change(self, channel: int, control: int, value: int) -> None:
        """Apply a control change: volume, expression, sustain pedal, resets or any other."""
        if control == VOLUME:
            self._volume[channel] = value
        elif control == EXPRESSION:
            self._expression[channel] = value
        elif control == SUSTAIN:
            self._set_pedal(channel, value >= 64)
            return
        else:
            self._font.channel_midi_control(channel, control, value)
            if control == RESET_CONTROLLERS:  # leaves the volume as it is
                self._expression[channel] = 127
                self._set_pedal(channel, False)
            elif control in (SOUNDS_OFF, NOTES_OFF):
                self._held[channel].clear()
        if control in (VOLUME, EXPRESSION, RESET_CONTROLLERS):
            self._set_level(channel)

    def _set_pedal(self, channel: int, down: bool) -> None:
        """Press or release the sustain pedal; a release ends the held notes."""
        self._pedal[channel] = down
        if not down:
            for key in sorted(self._held[channel]):
                self._font.channel_note_off(channel, key)
            self._held[channel].clear()

    def _set_level(self, channel: int) -> None:
        """Set the channel's level to the square of volume times expression."""
        level = self._volume[channel] / 127 * self._expression[channel] / 127
        self._font.channel_set_volume(channel, level**2)


def _adapted(font: bytes) -> bytes:
    """Rewrite what TinySoundFont does not read by the standard.

    Velocity ranges are put on the squared scale in which `note_on` gives velocity; otherwise a hit
    of velocity 90 would play the samples recorded for 64. Attenuations are shortened as on the
    sound cards for which fonts are balanced; taken literally, distorted guitars would be 12 dB
    quieter than clean ones.
    """
    data = bytearray(font)
    for name, start, size in list_chunks(np.frombuffer(font, np.uint8)):
        if name == "smpl" and size % 2 and font[start + size : start + size + 1] == b"\0":
            # The byte that makes it even is a sample's: TinySoundFont would go on at it.
            struct.pack_into("<I", data, start - 4, size + 1)
        if name not in ("pgen", "igen"):
            continue
        records = np.frombuffer(data, GENERATOR, size // GENERATOR.itemsize, start)
        quiet = records["kind"] == ATTENUATION
        records["amount"][quiet] = np.round(records["amount"][quiet] * ATTENUATION_FACTOR)
        # TinySoundFont writes beyond its memory where a range goes beyond 127.
        ranges = np.isin(records["kind"], (KEY_RANGE, VELOCITY_RANGE))
        ends = records["amount"][ranges].view(np.uint8)
        records["amount"][ranges] = np.minimum(ends, 127).view(np.int16)
        ranges = records["kind"] == VELOCITY_RANGE
        low, high = records["amount"][ranges] & 0xFF, records["amount"][ranges] >> 8
        low, high = low**2 // 127, np.minimum((high + 1) ** 2 // 127 - 1, 127)
        records["amount"][ranges] = low | np.maximum(low, high) << 8
    return bytes(data)
