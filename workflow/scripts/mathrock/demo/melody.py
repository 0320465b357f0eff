"""Read melodies in a small subset of abc notation (https://abcnotation.com).

    E, E e e'   notes, an octave higher each; as guitars are written, C sounds below middle C
    z           a rest
    ^ _ =       before a note: sharp, flat, natural, whatever the scale says
    2 3 /       after a note: so many eighths long; a slash halves that
    |           a bar line, at which the bar's length is checked
    ~           before a note: a glissando from it to the next, in sixteenths

The scale says which letters are sharp or flat: in E harmonic minor, F and D are sharp.
"""

import re
from typing import NamedTuple

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SCALES = {  # semitones above the tonic
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "phrygian dominant": (0, 1, 4, 5, 7, 8, 10),
}
ALTERED = {"^": 1, "_": -1, "=": 0}
WRITTEN_C = 48  # the MIDI pitch of C: guitars sound an octave below what is written
BAR = 16  # sixteenths
_NOTE = re.compile(r"(~?)([_^=]?)([A-Ga-gz])([,']*)(\d*)(/?)")


class MelodyError(ValueError):
    """Raised for a melody that can't be read, or a bar that is too short or too long."""


class Tone(NamedTuple):
    """A note: its onset `slot` and its `length` in sixteenths; whether it `slides` to the next."""

    slot: int
    length: int
    pitch: int
    slides: bool = False


def read_melody(text: str, key: str) -> list[Tone]:
    """Read the tones of a melody in 4/4, in a key such as "E harmonic minor".

    Raises:
        MelodyError: a sign is no note, or a bar doesn't last eight eighths.
    """
    signature = _signature(key)
    tones, slot = [], 0
    for number, bar in enumerate(text.strip("| \n").split("|"), 1):
        if left := _NOTE.sub("", bar).strip():
            raise MelodyError(f"bar {number} of {text!r}: {left!r} is no note")
        for slides, sign, letter, octaves, count, half in _NOTE.findall(bar):
            length = int(count or 1) * (1 if half else 2)
            if letter != "z":
                altered = ALTERED.get(sign, signature[letter.upper()])
                pitch = WRITTEN_C + NATURALS[letter.upper()] + altered + 12 * letter.islower()
                pitch += 12 * (octaves.count("'") - octaves.count(","))
                tones.append(Tone(slot, length, pitch, bool(slides)))
            slot += length
        if slot != number * BAR:
            raise MelodyError(f"bar {number} of {text!r} ends {slot - number * BAR} sixteenths off")
    return tones


def _signature(key: str) -> dict[str, int]:
    """Work out a key signature: letter -> semitones by which the scale raises the letter."""
    tonic, scale = key.split(maxsplit=1)
    letters = list(NATURALS)
    first = letters.index(tonic[0])
    root = NATURALS[tonic[0]] + tonic.count("#") - tonic.count("b")
    signature = {}
    for place, step in enumerate(SCALES[scale]):
        letter = letters[(first + place) % 7]
        signature[letter] = (root + step - NATURALS[letter] + 6) % 12 - 6
    return signature
