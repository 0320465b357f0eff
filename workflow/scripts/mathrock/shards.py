"""Songs shared out among shards, so that many thousands of them are a few hundred jobs.

A shard's list names its songs with size and time of each file. It is written anew only when that
changes, so that Snakemake has to look at the lists alone. To which shard a song belongs depends on
its id and nothing else.
"""

import zlib
from collections.abc import Iterable
from pathlib import Path

from mathrock.atomic import write_text
from mathrock.shardtables import as_text
from mathrock.songs import Song

COLUMNS = (*Song._fields, "size", "mtime_ns")


def shard_names(count: int) -> list[str]:
    """The names of `count` shards: "0000", "0001", ..."""
    return [f"{number:04d}" for number in range(count)]


def shard_of(song: str, count: int) -> str:
    """The shard of `count` that a song belongs to, by its id."""
    return f"{zlib.crc32(song.encode()) % count:04d}"


def write_lists(songs: Iterable[Song], count: int, folder: str | Path) -> None:
    """Write a list of songs, `COLUMNS`, for each shard into `folder`: those that differ."""
    rows = {shard: [] for shard in shard_names(count)}
    for song in songs:
        rows[shard_of(song.id, count)].append([*song, *_version(song)])
    for shard, its in rows.items():
        path, text = Path(folder, f"{shard}.tsv"), as_text(COLUMNS, its)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)


def _version(song: Song) -> tuple[int, int]:
    """What changes when the file does, as good as always: its size and time."""
    try:
        facts = Path(song.path).stat()
    except OSError:  # the listing knows of the problem, or the song's job will
        return 0, 0
    return facts.st_size, facts.st_mtime_ns
