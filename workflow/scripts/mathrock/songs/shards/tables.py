"""Read and write tables of the songs in a shard: tab-separated, a header, a row a song."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from mathrock.files.atomic import write_text


def as_text(columns: Iterable[str], rows: Iterable[Iterable]) -> str:
    """Format a table as the text of its file."""
    text = io.StringIO(newline="")
    # All are quoted: of what a file's name may hold, csv leaves "\r" bare.
    table = csv.writer(text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    table.writerow(columns)
    table.writerows(rows)
    return text.getvalue()


def write_table(path: str | Path, columns: Iterable[str], rows: Iterable[Iterable]) -> None:
    """Write a table, whole or not at all."""
    write_text(path, as_text(columns, rows))


def read_table(path: str | Path) -> list[dict[str, str]]:
    """Read a table's rows, each by its columns."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def listed_files(paths: Iterable[str], names: Iterable[str]) -> list[str]:
    """List the files themselves, or those that tables of shards name in these columns."""
    names, files = list(names), []
    for path in map(str, paths):
        if path.endswith(".tsv"):
            files += [row[name] for row in read_table(path) for name in names]
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
            yield from ((row["song"], row[name]) for row in read_table(path))
        else:
            yield Path(path).stem, path
