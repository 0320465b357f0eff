"""Check that a SoundFont points to nothing outside itself: engines follow its numbers unseen."""

from pathlib import Path

import numpy as np

from mathrock.files.limits import (
    MAX_SOUNDFONT_PRESETS,
    MAX_SOUNDFONT_SAMPLES,
    MAX_SOUNDFONT_ZONES,
)
from mathrock.rendering.soundfont_streams import most_samples
from mathrock.rendering.soundfont_tables import FontError, Tables, read_tables

INSTRUMENT, SAMPLE = 41, 53  # generators that are indices
COMPRESSED = 0x30  # bits of a sample's type; an sf3 sets one
IN_ROM = 0x8000
MOST_HERTZ = 1_000_000


def check_tables(path: Path) -> None:
    """Check every index of a SoundFont, and where its samples lie.

    Raises:
        FontError: a number points beyond what it points into, or the font asks for more memory
            than `files/limits` allows.
    """
    font = read_tables(path)
    tables = font.records
    if len(tables["phdr"]) > MAX_SOUNDFONT_PRESETS:
        raise FontError(f"it has more than {MAX_SOUNDFONT_PRESETS:,} presets")
    # An end is the next record's beginning, so an index may name the last record, but none beyond.
    for level, owner in (("p", "phdr"), ("i", "inst")):
        what = {"p": "preset", "i": "instrument"}[level]
        bags = tables[f"{level}bag"]
        _check_ascending(tables[owner]["bag"], len(bags) - 1, f"{what} {{}}", "zone")
        for field, kind in (("gen", "generator"), ("mod", "modulator")):
            count = len(tables[f"{level}{field}"])
            _check_ascending(bags[field], count, f"{what} zone {{}}", kind)
    instruments = _named(tables["pgen"], INSTRUMENT, len(tables["inst"]) - 1, "instrument")
    samples = _named(tables["igen"], SAMPLE, len(tables["shdr"]) - 1, "sample")
    _check_zones(tables, instruments)
    _check_samples(font, np.unique(samples))


def _check_ascending(indices: np.ndarray, most: int, owner: str, what: str) -> None:
    """Check the first index of each record of a table: never less than the one before."""
    beyond = np.flatnonzero(indices > most)
    if len(beyond):
        at = beyond[0]
        raise FontError(f"its {owner.format(at + 1)} names {what} {indices[at]} of {most}")
    back = np.flatnonzero(indices[1:] < indices[:-1])
    if len(back):
        raise FontError(f"its {owner.format(back[0] + 1)} ends before its beginning")


def _named(generators: np.ndarray, kind: int, count: int, what: str) -> np.ndarray:
    """List the indices of one kind in generators, all of them below `count`."""
    indices = generators["amount"][generators["kind"] == kind]
    if len(indices) and indices.max() >= count:
        raise FontError(f"it names {what} {indices.max()} of {count}")
    return indices


def _check_zones(tables: dict[str, np.ndarray], instruments: np.ndarray) -> None:
    """Check how many zones all presets have together: each has those of its instruments."""
    named = np.concatenate([[0], np.cumsum(tables["igen"]["kind"] == SAMPLE)])
    edges = named[tables["ibag"]["gen"][tables["inst"]["bag"]]]
    if np.diff(edges)[instruments].sum() > MAX_SOUNDFONT_ZONES:
        raise FontError(f"it has more than {MAX_SOUNDFONT_ZONES:,} zones")


def _check_samples(font: Tables, used: np.ndarray) -> None:
    """Check that samples lie in the chunk of samples, and those in use have a sample rate."""
    headers = font.records["shdr"]
    is_compressed = (headers["type"] & COMPRESSED) > 0
    is_compressed[-1] = False
    in_file = (headers["type"] & IN_ROM) == 0
    in_file[-1] = False
    size = len(font.samples)
    for field in ("start", "end", "loop_start", "loop_end"):
        # The loop of a compressed sample counts decoded samples; engines clamp it.
        here = is_compressed if field in ("start", "end") else False
        most = np.where(is_compressed, size, size // 2)
        beyond = np.flatnonzero((headers[field] > most) & in_file & (~is_compressed | here))
        if len(beyond):
            at = beyond[0]
            raise FontError(f"its sample {at} goes to {headers[field][at]} of {most[at]}")
    back = np.flatnonzero((headers["end"] < headers["start"]) & in_file)
    if len(back):
        raise FontError(f"its sample {back[0]} ends before its beginning")
    rates = headers["rate"][used]
    if len(rates) and not (rates.min() > 0 and rates.max() <= MOST_HERTZ):
        wrong = used[(rates == 0) | (rates > MOST_HERTZ)][0]
        raise FontError(f"its sample {wrong} has a sample rate of {headers['rate'][wrong]} Hz")
    total = size // 2
    if is_compressed.any():
        if not is_compressed[:-1].all() or headers["start"][-1]:
            raise FontError("it has compressed samples and others")
        total = sum(
            most_samples(font.samples[header["start"] : header["end"]], number)
            for number, header in enumerate(headers[:-1])
        )
    if total > MAX_SOUNDFONT_SAMPLES:
        raise FontError(f"it has more than {MAX_SOUNDFONT_SAMPLES:,} samples")
