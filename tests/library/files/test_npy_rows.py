import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.files.npy_rows import NpyRows, appending
from mathrock.pianoroll.match_model import MATCH


@given(lengths=st.lists(st.integers(0, 9), max_size=5), data=st.data())
def test_any_rows_come_back(tmp_path_factory, lengths, data):
    path = tmp_path_factory.mktemp("rows") / "a.npy"
    parts = [np.full((length, 3), number, np.uint8) for number, length in enumerate(lengths)]
    with appending(path, np.uint8, 3) as append:
        for part in parts:
            append(part)
    whole = np.concatenate([np.zeros((0, 3), np.uint8), *parts])
    assert np.array_equal(np.load(path), whole)
    rows = NpyRows(path)
    assert (len(rows), rows.shape, rows.dtype) == (len(whole), whole.shape, whole.dtype)
    first = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(0, len(whole) + 3))
    assert np.array_equal(rows[first:end], whole[first:end])


def test_it_is_the_file_that_numpy_writes(tmp_path):
    rows = np.zeros(20, MATCH)
    with appending(tmp_path / "ours.npy", MATCH) as append:
        append(rows[:7])
        append(rows[7:])
    np.save(tmp_path / "theirs.npy", rows)
    assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "theirs.npy").read_bytes()


def test_a_single_row(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(10))
    assert NpyRows(tmp_path / "a.npy")[7] == 7


def test_a_failure_in_between_leaves_what_was(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(3))
    with pytest.raises(ValueError, match="invalid"), appending(path, np.int64) as append:
        append(["no number"])
    assert np.load(path).tolist() == [0, 1, 2]
    assert [file.name for file in tmp_path.iterdir()] == ["a.npy"]
