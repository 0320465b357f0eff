"""Tab-separated tables in UTF-8, a header and rows, written whole or not at all.

Values are written as `str` does, None as nothing; what is read is text.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from mathrock.files.atomic import replacing


def write_rows(
    path: str | Path, columns: Iterable[str], rows: Iterable[Iterable], quote_all: bool = False
) -> None:
    """Write a table, row by row; if making a row raises an error, no file is left.

    Args:
        quote_all: for values that may have a "\\r", as names of files, which else stays bare.
    """
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        _write(file, columns, rows, quote_all)


def as_text(columns: Iterable[str], rows: Iterable[Iterable], quote_all: bool = False) -> str:
    """Return the text that `write_rows` would write."""
    text = io.StringIO(newline="")
    _write(text, columns, rows, quote_all)
    return text.getvalue()


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Read a table's rows, each by its columns."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _write(file, columns: Iterable[str], rows: Iterable[Iterable], quote_all: bool) -> None:
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    table = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=quoting)
    table.writerow(columns)
    table.writerows(rows)
