import os
import time

import pytest

from mathrock.files.unchanged import FileChanged, unchanged


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"whole")
    os.utime(path, (1, 1))
    return {"path": str(path), "problem": ""}


def test_a_file_that_stays_is_no_matter(song):
    with unchanged(song):
        pass


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda path: path.write_bytes(b"longer than it was"), "changed while it was read"),
        (lambda path: path.write_bytes(b"other"), "changed while it was read"),
        (lambda path: os.utime(path), "changed while it was read"),
        (lambda path: path.unlink(), "is gone: put it back"),
    ],
)
def test_a_change_in_the_block_is_named(song, tmp_path, change, reason):
    with pytest.raises(FileChanged, match=f"a.mp3 {reason}"), unchanged(song):
        change(tmp_path / "a.mp3")


def test_one_that_replaces_it_with_the_same_date_and_size_is_a_change(song, tmp_path):
    (tmp_path / "b.mp3").write_bytes(b"other")
    os.utime(tmp_path / "b.mp3", (1, 1))
    with pytest.raises(FileChanged), unchanged(song):
        (tmp_path / "b.mp3").replace(tmp_path / "a.mp3")


def test_one_that_is_gone_before_is_not_read(song, tmp_path):
    (tmp_path / "a.mp3").unlink()
    with pytest.raises(FileChanged, match="is gone"), unchanged(song):
        pytest.fail("it was read")


def test_a_date_in_the_future_is_told(song, tmp_path):
    os.utime(tmp_path / "a.mp3", (time.time() + 3600, time.time() + 3600))
    with pytest.raises(FileChanged, match="is dated in the future, 20"), unchanged(song):
        pytest.fail("it was read")


def test_what_goes_wrong_in_the_block_is_not_hidden(song):
    with pytest.raises(KeyError), unchanged(song):
        raise KeyError


def test_a_song_with_a_problem_is_not_looked_at(tmp_path):
    with unchanged({"path": str(tmp_path / "none.mp3"), "problem": "is a folder"}):
        pass
