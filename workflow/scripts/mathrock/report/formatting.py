"""Numbers and names as people read them."""

import math
from collections.abc import Iterable
from pathlib import Path

from mathrock.music.pitch_names import MAJOR


def note_name(pitch: int) -> str:
    """A MIDI pitch such as 60 as C4."""
    return f"{MAJOR[pitch % 12]}{pitch // 12 - 1}"


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds: 95.6 is 1:36."""
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{'−' if round(seconds) < 0 else ''}{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """How long something took, with its unit."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """A number of bytes."""
    power = sum(count >= 1000**power for power in (1, 2, 3))
    return f"{count / 1000**power:.3g} {('B', 'kB', 'MB', 'GB')[power]}"


def number(value: float | str | None, digits: int = 2) -> str:
    """A number with so many digits after the point; a dash where there is none."""
    if value in (None, "") or not math.isfinite(float(value)):
        return "–"
    return f"{float(value):.{digits}f}"


def percent(share: float | None) -> str:
    """A share of 1 in hundredths; a dash where there is none."""
    return "–" if share is None or not math.isfinite(share) else f"{100 * share:.0f}%"


def title_of(path: str) -> str:
    """A song by its file's name."""
    return Path(path).stem


def listed(names: Iterable[str]) -> str:
    """a, b and c."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
