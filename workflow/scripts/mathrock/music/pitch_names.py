"""Names of pitch classes and of tonics, as musicians write them."""

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
PITCH_CLASSES |= {"C#": 1, "D#": 3, "F#": 6, "G#": 8, "A#": 10}
PITCH_CLASSES |= {"Db": 1, "Eb": 3, "Gb": 6, "Ab": 8, "Bb": 10}
# Names of the keys on each pitch class, from C up: of two spellings the one with fewer accidentals.
MAJOR = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINOR = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


def tonic_name(pitch_class: int, mode: str) -> str:
    """Name the tonic of a "major" or "minor" key: pitch class 1 is Db in major, C# in minor."""
    return (MAJOR if mode == "major" else MINOR)[pitch_class]
