"""The fields of ABC that are values: keys, metres, lengths, tempos."""

import re
from fractions import Fraction

FIFTHS = "FCGDAEB"
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3}
MODES |= {"phr": -4, "loc": -5, "lyd": 1}  # fifths from the major key of the same tonic
OCTAVES = {"+8": 12, "-8": -12, "+15": 24, "-15": -24}

_KEY = re.compile(r"([A-G])([#b♯♭]?)\s*([A-Za-z]*)")
_OWN = re.compile(r"(?<!\S)(\^\^|__|[\^_=])([A-Ga-g])(?!\S)")
_SHIFTS = {"octave": 12, "transpose": 1}


def accidentals_of(key: str) -> dict[str, int]:
    """What a K: field says of each letter, in semitones; {} where it is none that is known."""
    key = key.strip()
    signs = {}
    found = _KEY.match(key)
    if found and not key.startswith(("HP", "Hp")):
        letter, sign, mode = found.groups()
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
    for sign, letter in _OWN.findall(key):
        signs[letter.upper()] = SIGNS[sign]
    return signs


def shift_of(field: str) -> int | None:
    """Semitones by which a K: or V: field moves all notes; None where it says nothing."""
    values = dict(re.findall(r"\b(octave|transpose)\s*=\s*([-+]?\d{1,2})", field))
    clef = re.search(r"\b(?:treble|bass|alto|tenor)\d?([-+](?:8|15))\b", field)
    if not values and not clef:
        return None
    shift = sum(int(value) * _SHIFTS[name] for name, value in values.items())
    return shift + (OCTAVES[clef[1]] if clef else 0)


def is_percussion(field: str) -> bool:
    """Whether a K: or V: field asks for the clef of drums, or for MIDI's channel of drums."""
    return re.search(r"\bperc\b|\bclef\s*=\s*perc|\bchannel=10\b", field) is not None


def program_of(field: str) -> int | None:
    """The MIDI program, 0-127, that a V: field names, or None."""
    found = re.search(r"\bprogram=(\d{1,3})\b", field)
    return int(found[1]) if found and int(found[1]) < 128 else None


def metre_of(field: str) -> tuple[int, int] | None:
    """(numerator, denominator) of an M: field; None for free metre and for what is no metre."""
    field = field.strip().replace(" ", "")
    if field in ("C", "C|"):
        return (4, 4) if field == "C" else (2, 2)
    found = re.fullmatch(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?/(\d{1,2})", field)
    if not found:
        return None
    numerator, denominator = sum(map(int, found[1].split("+"))), int(found[2])
    can_be = 0 < numerator < 256 and denominator in (1, 2, 4, 8, 16, 32, 64)
    return (numerator, denominator) if can_be else None


def length_of(field: str) -> Fraction | None:
    """Quarter notes of an L: field such as 1/8; None for what is no length."""
    found = re.fullmatch(r"\s*(\d{1,3})\s*(?:/\s*(\d{1,3}))?\s*", field)
    if not found or not int(found[1]) or not int(found[2] or 1):
        return None
    return Fraction(4 * int(found[1]), int(found[2] or 1))


def usual_length(metre: tuple[int, int] | None) -> Fraction:
    """Quarter notes that a note's unit lasts where no L: says it."""
    return Fraction(1, 4) if metre and Fraction(*metre) < Fraction(3, 4) else Fraction(1, 2)


def tempo_of(field: str) -> float | None:
    """Quarter notes a minute of a Q: field; None where it has words alone.

    A bare number counts quarter notes, as those who write it mean it.
    """
    field = re.sub(r'"[^"]*"', " ", field)
    beats, _, bpm = field.rpartition("=")
    number = re.search(r"\d{1,5}(?:\.\d{1,5})?", bpm)
    if not number:
        return None
    lengths = [length_of(length) for length in beats.split()]
    quarters = sum(length for length in lengths if length) or Fraction(1)
    return float(number[0]) * float(quarters)


def duration_of(text: str) -> Fraction:
    """What a note's length multiplies the unit by: "" 1, "3/2", "/" a half, "//" a quarter.

    It looks like `abctokens.LENGTH`.

    Raises:
        ZeroDivisionError: it divides by 0.
    """
    number, slash, rest = text.partition("/")
    length = Fraction(int(number or 1))
    if slash:
        digits = rest.strip("/")
        length /= int(digits) if digits else 2 ** (1 + rest.count("/"))
    return length


def pitch_of(letter: str, marks: str, semitones: int) -> int:
    """The MIDI pitch of a letter with its octave marks: C is 60, c 72."""
    octave = 5 + letter.islower() + marks.count("'") - marks.count(",")
    return 12 * octave + LETTERS[letter.upper()] + semitones
