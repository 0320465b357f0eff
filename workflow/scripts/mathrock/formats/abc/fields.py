"""Parse the values of ABC fields: keys, metres, lengths, tempos and pitches."""

import re
from fractions import Fraction

FIFTHS = "FCGDAEB"
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3}
MODES |= {"phr": -4, "loc": -5, "lyd": 1}  # fifths from the major key of the same tonic
OCTAVES = {"+8": 12, "-8": -12, "+15": 24, "-15": -24}

_KEY = re.compile(r"([A-G])([#b♯♭]?)\s*([A-Za-z]*)")
_ACCIDENTAL = re.compile(r"(?<!\S)(\^\^|__|[\^_=])([A-Ga-g])(?!\S)")
_SHIFTS = {"octave": 12, "transpose": 1}


def parse_key(key: str) -> dict[str, int]:
    """Parse a K: field into semitones by letter, such as {"F": 1}; {} for an unknown key."""
    key = key.strip()
    signs = {}
    match = _KEY.match(key)
    if match and not key.startswith(("HP", "Hp")):
        letter, sign, mode = match.groups()
        mode = mode.lower() if mode.lower() in MODES else mode.lower()[:3]
        fifths = FIFTHS.index(letter) - 1 + 7 * {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]
        fifths += MODES.get(mode, 0)
        # From 8 on a letter is raised twice.
        for number in range(abs(fifths)):
            changed = FIFTHS[number % 7] if fifths > 0 else FIFTHS[::-1][number % 7]
            signs[changed] = signs.get(changed, 0) + (1 if fifths > 0 else -1)
        if re.search(r"\bexp\b", key):
            signs = {}
    elif key.startswith("Hp"):
        signs = {"F": 1, "C": 1}
    for sign, letter in _ACCIDENTAL.findall(key):
        signs[letter.upper()] = ACCIDENTALS[sign]
    return signs


def parse_transposition(field: str) -> int | None:
    """Parse the transposition of a K: or V: field, in semitones; None if the field has none."""
    values = dict(re.findall(r"\b(octave|transpose)\s*=\s*([-+]?\d{1,2})", field))
    clef = re.search(r"\b(?:treble|bass|alto|tenor)\d?([-+](?:8|15))\b", field)
    if not values and not clef:
        return None
    shift = sum(int(value) * _SHIFTS[name] for name, value in values.items())
    return shift + (OCTAVES[clef[1]] if clef else 0)


def is_percussion(field: str) -> bool:
    """Check whether a K: or V: field asks for a percussion clef or for MIDI's drum channel."""
    return re.search(r"\bperc\b|\bclef\s*=\s*perc|\bchannel=10\b", field) is not None


def parse_program(field: str) -> int | None:
    """Parse the MIDI program, 0-127, of a V: field; None if the field has none."""
    match = re.search(r"\bprogram=(\d{1,3})\b", field)
    return int(match[1]) if match and int(match[1]) < 128 else None


def parse_metre(field: str) -> tuple[int, int] | None:
    """Parse an M: field as (numerator, denominator); None for free or invalid metre."""
    field = field.strip().replace(" ", "")
    if field in ("C", "C|"):
        return (4, 4) if field == "C" else (2, 2)
    match = re.fullmatch(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?/(\d{1,2})", field)
    if not match:
        return None
    numerator, denominator = sum(map(int, match[1].split("+"))), int(match[2])
    can_be = 0 < numerator < 256 and denominator in (1, 2, 4, 8, 16, 32, 64)
    return (numerator, denominator) if can_be else None


def parse_unit_length(field: str) -> Fraction | None:
    """Parse an L: field such as 1/8 as a number of quarter notes; None if it is invalid."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*(?:/\s*(\d{1,3}))?\s*", field)
    if not match or not int(match[1]) or not int(match[2] or 1):
        return None
    return Fraction(4 * int(match[1]), int(match[2] or 1))


def default_unit_length(metre: tuple[int, int] | None) -> Fraction:
    """Derive the unit length, in quarter notes, from the metre of a tune without an L: field."""
    return Fraction(1, 4) if metre and Fraction(*metre) < Fraction(3, 4) else Fraction(1, 2)


def parse_tempo(field: str) -> float | None:
    """Parse a Q: field as quarter notes a minute; None if it has words alone.

    A number alone counts quarter notes, which is what people who write one mean.
    """
    field = re.sub(r'"[^"]*"', " ", field)
    beats, _, bpm = field.rpartition("=")
    number = re.search(r"\d{1,5}(?:\.\d{1,5})?", bpm)
    if not number:
        return None
    lengths = [parse_unit_length(length) for length in beats.split()]
    quarters = sum(length for length in lengths if length) or Fraction(1)
    return float(number[0]) * float(quarters)


def parse_duration(text: str) -> Fraction:
    """Parse the factor after a note, such as "" (1), "3/2", "/" (1/2) or "//" (1/4).

    Args:
        text: matches `LENGTH` in `formats/abc/tokens`.

    Raises:
        ZeroDivisionError: the text divides by 0.
    """
    number, slash, rest = text.partition("/")
    length = Fraction(int(number or 1))
    if slash:
        digits = rest.strip("/")
        length /= int(digits) if digits else 2 ** (1 + rest.count("/"))
    return length


def midi_pitch(letter: str, marks: str, semitones: int) -> int:
    """Compute the MIDI pitch of a letter with its octave marks and accidental: C is 60, c 72."""
    octave = 5 + letter.islower() + marks.count("'") - marks.count(",")
    return 12 * octave + LETTERS[letter.upper()] + semitones
