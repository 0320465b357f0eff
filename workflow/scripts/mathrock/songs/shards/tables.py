"""Read and write tables of the songs in a shard: tab-separated, a header, a row a song."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from mathrock.files.tsv import read_rows, write_rows


class ArtifactGone(ValueError):
    """An artifact of an earlier step is gone; the message says which and what to do."""


def write_table(path: str | Path, columns: Iterable[str], rows: Iterable[Iterable]) -> None:
    """Write a table, whole or not at all; the paths in it may hold any character."""
    write_rows(path, columns, rows, quote_all=True)


def listed_files(paths: Iterable[str], names: Iterable[str]) -> list[str]:
    """List the files themselves, or those that tables of shards name in these columns."""
    names, files = list(names), []
    for path in map(str, paths):
        if path.endswith(".tsv"):
            rows = read_rows(path)
            files += [check_there(row[name], [path]) for row in rows for name in names]
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
            yield from ((row["song"], check_there(row[name], [path])) for row in read_rows(path))
        else:
            yield Path(path).stem, path


def check_there(file: str, tables: Iterable[str | Path]) -> str:
    """Return a file that tables promise.

    Raises:
        ArtifactGone: it is gone; the tables are then, too, so that the next run makes it.
    """
    if not Path(file).is_file():
        make_again(tables)
        raise ArtifactGone(f"{file} is gone: run again, and it is made anew")
    return file


def make_again(tables: Iterable[str | Path]) -> None:
    """Remove the tables that promise files, so that the next run makes what is not there."""
    for table in tables:
        Path(table).unlink(missing_ok=True)
