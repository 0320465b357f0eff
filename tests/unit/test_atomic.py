import pytest

from mathrock.atomic import replacing, write_text


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
