"""Read and write tables of the songs in a shard: tab-separated, a header, a row a song."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from mathrock.files.tsv import read_rows, write_rows


def write_table(path: str | Path, columns: Iterable[str], rows: Iterable[Iterable]) -> None:
    """Write a table, whole or not at all; the paths in it may hold any character."""
    write_rows(path, columns, rows, quote_all=True)


def listed_files(paths: Iterable[str], names: Iterable[str]) -> list[str]:
    """List the files themselves, or those that tables of shards name in these columns."""
    names, files = list(names), []
    for path in map(str, paths):
        if path.endswith(".tsv"):
            files += [row[name] for row in read_rows(path) for name in names]
        else:
            files.append(path)
    return files


def files_of(paths: Iterable[str], name: str) -> Iterator[tuple[str, str]]:
    """Yield (song, file) of each song.

    Args:
        paths: files, each named by its song's id; or tables of shards that list the songs' files.
        name: the column of the files in such tables.
    """
    for path in map(str, paths):
        if path.endswith(".tsv"):
            yield from ((row["song"], row[name]) for row in read_rows(path))
        else:
            yield Path(path).stem, path
