"""Write packed songs one after another into a few files: a shard of the packed sequences.

`steps.npy` holds the songs' bits, `echoes.npy` each step's matches, see `match_model`, `bars.npy`
the bars, see `bars`; `velocities.npy` and `drums.npy` hold the performance, see `performance`.
`write_songs` returns where in the files each song lies.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mathrock.files.npy_rows import appending
from mathrock.music.bars import BAR, from_rows
from mathrock.pianoroll import packed_song
from mathrock.pianoroll.match_model import MATCH
from mathrock.pianoroll.performance import HIT
from mathrock.pianoroll.planes import PITCHES, PLANES


class EmptySong(ValueError):
    """A song has no steps; the message names it."""


def write_songs(
    folder: str | Path,
    paths: Mapping[str, str | Path],
    grids: Mapping[str, dict],
    steps_per_second: float,
) -> dict[str, dict]:
    """Write songs {id: packed .npz or a roll's .npy} into `folder`, one in memory at a time.

    Args:
        grids: as `song_encoding` describes them; `steps_per_second` is that of songs without.

    Returns:
        For each song, in plain values, its steps, notes and bars as [first, end) of the rows of
        `steps.npy`, `velocities.npy` and `bars.npy`, and its grid.

    Raises:
        EmptySong: a song has no steps.
    """
    folder, songs = Path(folder), {}
    steps = notes = lines = 0
    with (
        appending(folder / "steps.npy", np.uint8, PITCHES * len(PLANES) // 8) as add_bits,
        appending(folder / "echoes.npy", MATCH) as add_echoes,
        appending(folder / "bars.npy", BAR) as add_bars,
        appending(folder / "velocities.npy", np.uint8) as add_velocities,
        appending(folder / "drums.npy", HIT) as add_hits,
    ):
        for song, path in paths.items():
            packed, grid = packed_song.load(path), grids.get(song, {})
            if not len(packed.bits):
                raise EmptySong(f"{song}: its roll, {path}, has no steps; leave the song out")
            bars = from_rows(grid.get("bars", []))
            packed.hits["step"] += steps
            add_bits(packed.bits)
            add_echoes(packed.echoes)
            add_bars(bars)
            add_velocities(packed.velocities)
            add_hits(packed.hits)
            songs[song] = {
                "steps": [steps, steps := steps + len(packed.bits)],
                "notes": [notes, notes := notes + len(packed.velocities)],
                "bars": [lines, lines := lines + len(bars)],
                "steps_per_second": grid.get("steps_per_second", steps_per_second),
                "steps_per_beat": grid.get("steps_per_beat"),
            }
    return songs
