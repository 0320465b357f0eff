"""Check SoundFont files and find substitutes for the instruments that a font lacks."""

from pathlib import Path

FAMILY = 8  # General MIDI groups its programs by eight: pianos, ..., guitars, basses


class SynthesisError(ValueError):
    """A MIDI file cannot be made into sound; the message names the file and what to do."""


def check_soundfont(path: str | Path) -> Path:
    """Return `path` if it starts like an sf2 or sf3 file.

    Engines cannot be left to notice: FluidSynth plays another font in place of a missing one.

    Raises:
        SynthesisError: the file is missing, unreadable or not a SoundFont.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            header = file.read(12)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise SynthesisError(
            f"SoundFont {path} can't be opened ({reason}): correct the path to an .sf2 or .sf3 file"
        ) from None
    if header[:4] != b"RIFF" or header[8:] != b"sfbk":
        raise SynthesisError(f"{path} is not a SoundFont: give an .sf2 or .sf3 file")
    return path


def substitutes(program: int) -> list[int]:
    """List what to play in place of `program` (0-127): its family, nearest first, then 0."""
    first = program - program % FAMILY
    family = [other for other in range(first, first + FAMILY) if other != program]
    return [*sorted(family, key=lambda other: abs(other - program)), 0]
