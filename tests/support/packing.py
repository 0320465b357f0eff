"""Pack songs into one shard with an index, in one call: for tests and benchmarks."""

from collections.abc import Mapping
from pathlib import Path

from mathrock.dataset.index import window_lengths, write_index, write_split_index
from mathrock.dataset.shard_files import write_songs
from mathrock.files.json_files import read_json, write_json


def pack(
    rolls: Mapping[str, tuple[str | Path, str]],
    folder: str | Path,
    steps_per_second: float,
    window_seconds: float = 8.0,
    hop_seconds: float = 4.0,
    history_seconds: float = 0.0,
    valid: float = 0.15,
    least_seconds: float = 20.0,
    grids: Mapping[str, dict] | None = None,
    splits: Mapping[str, str] | None = None,
    cycles: tuple[int, ...] = (),
    **shares,
) -> dict:
    """Pack songs {id: (path of its packed .npz or its roll's .npy, genre)}; see `write_index`.

    Args:
        grids: {song: its grid}, as `song_encoding` describes it; `steps_per_second` is that of the
            other songs.
        splits: {song: "train", "valid" or "test"}; None: `write_index` chooses.
        cycles: lengths in steps of what recurs, instead of bars.
        shares: `test` and `seed`, which choose the splits.
    """
    paths = {song: path for song, (path, _) in rolls.items()}
    songs = write_songs(folder, paths, grids or {}, steps_per_second)
    songs = {song: {"genre": rolls[song][1], "shard": ""} | facts for song, facts in songs.items()}
    seconds = window_seconds, hop_seconds, history_seconds
    if splits is None:
        shares |= {"valid": valid, "least_seconds": least_seconds}
        summary = write_index(folder, songs, steps_per_second, *seconds, **shares)
    else:
        lengths = window_lengths(steps_per_second, *seconds)
        summary = write_split_index(
            folder, songs, splits, steps_per_second, lengths, valid, least_seconds
        )
    if cycles:
        path = Path(folder, "index.json")
        write_json(path, read_json(path) | {"cycles": cycles})
    return summary
