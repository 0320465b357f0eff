"""Format numbers and names for people."""

import math
from collections.abc import Iterable
from pathlib import Path

from mathrock.music.pitch_names import MAJOR


def note_name(pitch: int) -> str:
    """Name a MIDI pitch: 60 is C4."""
    return f"{MAJOR[pitch % 12]}{pitch // 12 - 1}"


def clock(seconds: float) -> str:
    """Format seconds as minutes and seconds: 95.6 is 1:36."""
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{'−' if round(seconds) < 0 else ''}{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """Format a duration in seconds, minutes or hours, with its unit."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Format a number of bytes, with its unit."""
    power = sum(count >= 1000**power for power in (1, 2, 3))
    return f"{count / 1000**power:.3g} {('B', 'kB', 'MB', 'GB')[power]}"


def number(value: float | str | None, digits: int = 2) -> str:
    """Format a number with so many digits after the point; a dash where there is none."""
    if value in (None, "") or not math.isfinite(float(value)):
        return "–"
    return f"{float(value):.{digits}f}"


def percent(share: float | None) -> str:
    """Format a share of 1 as a percentage; a dash where there is none."""
    return "–" if share is None or not math.isfinite(share) else f"{100 * share:.0f}%"


def title_of(path: str) -> str:
    """Name a song by its file."""
    return Path(path).stem


def listed(names: Iterable[str]) -> str:
    """Join names: a, b and c."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
