import errno
import os

import pytest

from mathrock.files.atomic import DiskFull, replacing, sweep, write_text


def test_a_file_appears_whole(tmp_path):
    with replacing(tmp_path / "deep" / "a.txt") as temporary:
        temporary.write_text("all")
        assert not (tmp_path / "deep" / "a.txt").exists()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.txt"]


def fail_half_way(path):
    path.write_text("half")
    raise RuntimeError


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    write_text(tmp_path / "a.txt", "old")
    with pytest.raises(RuntimeError), replacing(tmp_path / "a.txt") as temporary:
        fail_half_way(temporary)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_temporary_file_is_hidden_and_keeps_the_suffix(tmp_path):
    with replacing(tmp_path / "a.b.mp3") as temporary:
        assert temporary.name.startswith(".")
        assert temporary.suffix == ".mp3"
        assert temporary.parent == tmp_path
        temporary.touch()


def test_text_is_utf_8_in_every_locale(tmp_path):
    write_text(tmp_path / "a.txt", "ギター\n")
    assert (tmp_path / "a.txt").read_bytes() == "ギター\n".encode()


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path):
    kept = [tmp_path / name for name in ("a.txt", "deep/.hidden", "deep/b.tmp.npy")]
    left = tmp_path / "deep" / ".b.123.tmp.npy"
    left.parent.mkdir()
    for path in (*kept, left):
        path.touch()
    sweep(tmp_path)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)
    sweep(tmp_path / "none")


def test_a_quota_is_a_full_disk(tmp_path):
    with pytest.raises(DiskFull, match=r"a\.txt was not written"), replacing(tmp_path / "a.txt"):
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))


def test_a_write_on_a_full_disk_leaves_the_old_file_and_says_so(small_disk):
    write_text(small_disk / "a.txt", "old")
    with pytest.raises(DiskFull, match=r"the disk is full: .*a\.txt was not written; free space"):
        write_text(small_disk / "a.txt", "x" * 2_000_000)
    assert (small_disk / "a.txt").read_text() == "old"
    assert [path.name for path in small_disk.iterdir()] == ["a.txt"]
