import pytest

from mathrock.rendering.soundfont import SynthesisError, check_soundfont, substitutes


def test_a_riff_sfbk_file_passes(tmp_path):
    path = tmp_path / "a.sf2"
    path.write_bytes(b"RIFF\x04\0\0\0sfbk")
    assert check_soundfont(str(path)) == path


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF\x04\0\0\0WAVE", b"<html>not found</html>"]
)
def test_other_files_are_named_with_what_to_give(tmp_path, content):
    path = tmp_path / "a.sf2"
    path.write_bytes(content)
    with pytest.raises(SynthesisError, match=r"a\.sf2 is not a SoundFont: give an \.sf2"):
        check_soundfont(path)


def test_missing_file_and_directory(tmp_path):
    with pytest.raises(SynthesisError, match=r"none\.sf2 can't be opened \(no such file"):
        check_soundfont(tmp_path / "none.sf2")
    with pytest.raises(SynthesisError, match="is a directory"):
        check_soundfont(tmp_path)


def test_substitutes_are_the_family_nearest_first_then_the_first_program():
    assert substitutes(26) == [25, 27, 24, 28, 29, 30, 31, 0]
    assert substitutes(0)[:2] == [1, 2]
    assert substitutes(127)[-1] == 0
