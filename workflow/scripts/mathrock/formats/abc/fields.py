"""Parse the values of ABC fields: keys, metres, lengths, tempos and pitches."""

import re
from fractions import Fraction

from mathrock.formats.errors import ScoreError

FIFTHS = "FCGDAEB"
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3}
MODES |= {"phr": -4, "loc": -5, "lyd": 1}  # fifths from the major key of the same tonic
OCTAVES = {"+8": 12, "-8": -12, "+15": 24, "-15": -24}

_KEY = re.compile(r"([A-G])([#b♯♭]?)\s{0,20}([A-Za-z]*)")
_SPELT = re.compile(r"([A-Ga-g])[ -]?(sharp|flat)\b", re.IGNORECASE)
_SMALL = re.compile(r"[a-g][#b♯♭]?\s?(?:m|min|minor|maj|major)?(?!\S)")  # a key in small letters
_NO_KEY = re.compile(
    r"(?:treble|bass|alto|tenor|perc|clef|middle|octave|transpose|staff|stem|sound|shift|score"
    r"|name|nm|m=|t=)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"(?<!\S)(?:exp)?((?:\^\^?|__?|=)[A-Ga-g])+(?!\S)")
_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)([A-Ga-g])")
_SHIFTS = {"octave": 12, "transpose": 1, "rtranspose": 1}
_CLEF = re.compile(r"\b(?:treble|bass|alto|tenor)\d?([-+^_](?:8|15))?(?![A-Za-z])")
_PITCH = r"([_^]{0,2}[A-Ga-g][,']{0,5})"
_INTERVAL = re.compile(rf"\b(?:sound|shift)\s*=\s*{_PITCH}{_PITCH}")
_LENGTHS = re.compile(r"\d{1,3}/\d{1,3}")
MOST_DIVIDED = 512  # a length is divided by at most this; sums of others need endless fractions


def parse_key(key: str) -> dict[str, int] | None:
    """Parse a K: field into semitones by letter, such as {"F": 1}; {} for an unknown key.

    None if the field names no key but a clef, an octave or the like: the key stays as it is.
    """
    key = key.strip()
    if _NO_KEY.match(key):
        return None
    key = _SPELT.sub(lambda found: found[1] + ("#" if found[2].lower() == "sharp" else "b"), key, 1)
    key = key.capitalize() if _SMALL.fullmatch(key) else key
    signs = {}
    match = _KEY.match(key)
    if key.startswith(("HP", "Hp")):  # bagpipes, which sound so whatever is printed
        signs = {"F": 1, "C": 1}
    elif match:
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
    rest = key[match.end() :] if match else key  # accidentals may follow the key without a space
    for group in _SIGNS.finditer(rest):
        for sign, letter in _ACCIDENTAL.findall(group[0]):
            signs[letter.upper()] = ACCIDENTALS[sign]
    return signs


def parse_transposition(field: str) -> int | None:
    """Parse the transposition of a K: or V: field, in semitones; None if the field has none.

    `octave=`, `transpose=`, and `sound=` or `shift=`, which give two notes, add up.
    """
    values = dict(re.findall(r"\b(octave|r?transpose)\s{0,9}=\s{0,9}([-+]?\d{1,2})", field))
    interval = _INTERVAL.search(field)
    if not values and not interval:
        return None
    shift = sum(int(value) * _SHIFTS[name] for name, value in values.items())
    return shift + (_pitch_of(interval[2]) - _pitch_of(interval[1]) if interval else 0)


def parse_clef_shift(field: str) -> int | None:
    """Parse by how many semitones a clef, such as treble-8, shifts; None if there is no clef."""
    clef = _CLEF.search(field)
    return OCTAVES.get((clef[1] or "").replace("^", "+").replace("_", "-"), 0) if clef else None


def _pitch_of(note: str) -> int:
    marks = note.lstrip("_^")
    return midi_pitch(marks[0], marks[1:], ACCIDENTALS.get(note[: len(note) - len(marks)], 0))


def is_percussion(field: str) -> bool:
    """Check whether a K: or V: field asks for a percussion clef or for MIDI's drum channel."""
    return re.search(r"\bperc\b|\bclef\s*=\s*perc|\bchannel=10\b", field) is not None


def parse_program(field: str) -> int | None:
    """Parse the MIDI program, 0-127, of a V: field; None if the field has none."""
    found = [int(value) for value in re.findall(r"\bprogram=(\d{1,3})\b", field)]
    return found[-1] if found and found[-1] < 128 else None


def parse_metre(field: str) -> tuple[int, int] | None:
    """Parse an M: field as (numerator, denominator); None for free or invalid metre."""
    field = re.sub(r"\s{0,9}([+/()])\s{0,9}", r"\1", field).strip()
    if field in ("C", "C|"):
        return (4, 4) if field == "C" else (2, 2)
    match = re.match(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?/(\d{1,2})(?!\d)", field)
    if not match:
        return None
    numerator, denominator = sum(map(int, match[1].split("+"))), int(match[2])
    can_be = 0 < numerator < 256 and denominator in (1, 2, 4, 8, 16, 32, 64)
    return (numerator, denominator) if can_be else None


def parse_unit_length(field: str) -> Fraction | None:
    """Parse an L: field such as 1/8 as a number of quarter notes; None if it is invalid."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*(?:/\s*(\d{1,3}))?\s*", field)
    if not match or not int(match[1]) or not 0 < int(match[2] or 1) <= MOST_DIVIDED:
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
    beats, sign, bpm = field.rpartition("=")
    if not sign:  # such as 1/4 (120)
        beats, bpm = " ".join(_LENGTHS.findall(bpm)), _LENGTHS.sub(" ", bpm)
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
        ScoreError: the text divides by more than `MOST_DIVIDED`.
    """
    number, slash, rest = text.partition("/")
    length = Fraction(int(number or 1))
    if slash:
        digits = rest.strip("/")
        divisor = int(digits) if digits else 2 ** (1 + rest.count("/"))
        if divisor > MOST_DIVIDED:
            raise ScoreError(f"has a note whose length is divided by {divisor}")
        length /= divisor
    return length


def midi_pitch(letter: str, marks: str, semitones: int) -> int:
    """Compute the MIDI pitch of a letter with its octave marks and accidental: C is 60, c 72."""
    octave = 5 + letter.islower() + marks.count("'") - marks.count(",")
    return 12 * octave + LETTERS[letter.upper()] + semitones
