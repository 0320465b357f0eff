"""Repair dates in the future, which a clock that was set back leaves behind.

Snakemake takes what is older than an artifact for what it was made of, so it would miss every edit
until the clock has caught up, and refuse new artifacts for being older than their inputs. Dated
long ago, artifacts are compared with their inputs by content instead.
"""

import os
import time
from pathlib import Path

from mathrock.files.unchanged import SKEW

LONG_AGO = 946_684_800  # 2000 began; a zip file has no dates before 1980
DAY = 86_400  # seconds


def repair_dates(folder: str | Path) -> bool:
    """Date long ago what the project in `folder` has from the future; say whether there was any.

    Scripts come before artifacts, or Snakemake would take them for edited: their digests say
    whether they are. All else that artifacts are made of comes after. Songs and what else is the
    user's are left alone.
    """
    folder, latest = Path(folder), time.time() + SKEW
    own = _files(folder, "workflow", "data/listener", "data/soundfont", "docs")
    future = [path for path in own if _date(path) > latest]
    if not future and all(_date(path) <= latest for path in _files(folder, ".snakemake/log")):
        return False
    artifacts = [path for path in _files(folder, "results") if _date(path) > latest]
    scripts = list((folder / "workflow/scripts").glob("*.py"))
    for days, paths in enumerate((scripts, artifacts, set(future) - set(scripts)), 1):
        for path in paths:
            os.utime(path, (LONG_AGO + days * DAY, LONG_AGO + days * DAY))
    return True


def _files(folder: Path, *places: str) -> list[Path]:
    walks = (os.walk(folder / place) for place in places)
    return [Path(at, name) for walk in walks for at, _, names in walk for name in names]


def _date(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:  # gone meanwhile, as what is compiled is renamed
        return 0.0
