"""Check SoundFont files and find substitutes for the instruments that a font lacks."""

from pathlib import Path

from mathrock.files.limits import MAX_SOUNDFONT_BYTES

FAMILY = 8  # General MIDI groups its programs by eight: pianos, ..., guitars, basses


class SynthesisError(ValueError):
    """A MIDI file cannot be made into sound; the message names the file and what to do."""


def check_soundfont(path: str | Path) -> Path:
    """Return `path` if it is an sf2 or sf3 file in which every index points to something.

    Engines cannot be left to notice: FluidSynth plays another font in place of a missing one, and
    TinySoundFont crashes on an index beyond its table.

    Raises:
        SynthesisError: the file is missing, unreadable, not a SoundFont, damaged or too large.
    """
    path = Path(path)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise SynthesisError(f"{path} is a pipe or a device: give an .sf2 or .sf3 file")
        with path.open("rb") as file:
            header = file.read(12)
            size = file.seek(0, 2)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise SynthesisError(
            f"SoundFont {path} can't be opened ({reason}): correct the path to an .sf2 or .sf3 file"
        ) from None
    if header[:4] != b"RIFF" or header[8:] != b"sfbk":
        raise SynthesisError(f"{path} is not a SoundFont: give an .sf2 or .sf3 file")
    if size > MAX_SOUNDFONT_BYTES:
        raise SynthesisError(
            f"SoundFont {path} has more than {MAX_SOUNDFONT_BYTES / 1e9:g} GB: give a smaller one"
        )
    # Here, because it imports NumPy.
    from mathrock.rendering.soundfont_check import check_tables
    from mathrock.rendering.soundfont_tables import FontError

    try:
        check_tables(path)
    except FontError as error:
        raise SynthesisError(
            f"SoundFont {path} is damaged: {error}; get a new copy or another"
        ) from None
    return path


def substitutes(program: int) -> list[int]:
    """List what to play in place of `program` (0-127): its family, nearest first, then 0."""
    first = program - program % FAMILY
    family = [other for other in range(first, first + FAMILY) if other != program]
    return [*sorted(family, key=lambda other: abs(other - program)), 0]
