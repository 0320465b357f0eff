import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.files.tsv import as_text, read_rows, write_rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)  # UTF-8 holds no surrogates


def tables(texts):
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=5)
    )


def names(rows):
    return [f"column {number}" for number in range(len(rows[0]) if rows else 1)]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("table") / "table.tsv"


@given(tables(TEXTS))
def test_any_text_comes_back_if_all_is_quoted(path, rows):
    write_rows(path, names(rows), rows, quote_all=True)
    assert [list(row.values()) for row in read_rows(path)] == rows


@given(tables(TEXTS.filter(lambda text: "\r" not in text)))
def test_any_text_without_a_carriage_return_comes_back(path, rows):
    write_rows(path, names(rows), rows)
    assert [list(row.values()) for row in read_rows(path)] == rows
    assert all(row.keys() == {*names(rows)} for row in read_rows(path))


@given(tables(TEXTS | st.integers() | st.floats() | st.none()), st.booleans())
def test_the_text_of_a_table_is_its_files(path, rows, quote_all):
    write_rows(path, names(rows), rows, quote_all)
    assert path.read_bytes() == as_text(names(rows), iter(rows), quote_all).encode()


def test_what_needs_no_quotes_has_none(path):
    write_rows(path, ("song", "nats"), [("a b", 0.1), ("ä", None), ('say "so"', 3), ("a\tb\n", "")])
    told = 'song\tnats\na b\t0.1\nä\t\n"say ""so"""\t3\n"a\tb\n"\t\n\n'
    assert path.read_bytes() == told.encode()
    assert as_text(["song"], [["a"]], quote_all=True) == '"song"\n"a"\n\n'


def test_a_table_without_rows_has_its_header(path):
    write_rows(path, ["a", "b"], [])
    assert path.read_text() == "a\tb\n\n"
    assert read_rows(path) == []


def test_a_row_that_cannot_be_made_leaves_the_file_as_it_was(path):
    write_rows(path, ["song"], [["a"]])
    before = path.read_bytes()

    def rows():
        yield ["b"]
        raise csv.Error("no")

    with pytest.raises(csv.Error):
        write_rows(path, ["song"], rows())
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
