"""Tables in UTF-8, a header and rows, written whole or not at all: .tsv, and .csv with commas.

Values are written as `str` does, None as nothing; what is read is text. A table ends with an empty
line, by which a whole one is known; what else reads tables passes over empty lines.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from mathrock.files.atomic import replacing
from mathrock.files.damage import reading


def write_rows(
    path: str | Path, columns: Iterable[str], rows: Iterable[Iterable], quote_all: bool = False
) -> None:
    """Write a table, row by row; if making a row raises an error, no file is left.

    Args:
        quote_all: for values that may have a "\\r", as names of files, which else stays bare.
    """
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        _write(file, columns, rows, quote_all, _delimiter(path))


def as_text(columns: Iterable[str], rows: Iterable[Iterable], quote_all: bool = False) -> str:
    """Return the text that `write_rows` would write into a .tsv."""
    text = io.StringIO(newline="")
    _write(text, columns, rows, quote_all, "\t")
    return text.getvalue()


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Read a table's rows, each by its columns.

    Raises:
        DamagedFile: the table does not end as a whole one, or a row lacks values.
    """
    with reading(path), Path(path).open(newline="", encoding="utf-8") as file:
        lines = csv.reader(file, delimiter=_delimiter(path), strict=True)
        columns = next(lines)
        rows = [dict(zip(columns, line, strict=bool(line))) for line in lines]
        if rows.pop() or not all(rows):
            raise ValueError("the table does not end with its only empty line")
        return rows


def _delimiter(path: str | Path) -> str:
    return "," if Path(path).suffix == ".csv" else "\t"


def _write(
    file, columns: Iterable[str], rows: Iterable[Iterable], quote_all: bool, delimiter: str
) -> None:
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    table = csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    table.writerow(columns)
    table.writerows(rows)
    file.write("\n")
