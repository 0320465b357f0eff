import os
import struct
import time
from pathlib import Path

import pytest

from mathrock.rendering.soundfont import SynthesisError, check_soundfont, substitutes

SHIPPED = Path(__file__).resolve().parents[3] / "data/soundfont/rock_gm_fluidr3mono.sf3"


def test_the_shipped_font_passes_fast():
    check_soundfont(SHIPPED)  # with the imports
    start = time.process_time()
    assert check_soundfont(str(SHIPPED)) == SHIPPED
    assert time.process_time() - start < 0.5  # 0.015 s; other tests run beside


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


def test_a_pipe_or_device_is_refused_unopened(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(tmp_path / "a.sf2")
    for path in (tmp_path / "a.sf2", "/dev/null", "/dev/zero"):
        with pytest.raises(SynthesisError, match="is a pipe or a device: give an"):
            check_soundfont(path)


def test_too_large(tmp_path):
    path = tmp_path / "a.sf2"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4) + b"sfbk")
    os.truncate(path, 2_000_000_001)
    with pytest.raises(SynthesisError, match=r"has more than 2 GB"):
        check_soundfont(path)


def test_damage_is_said_with_what_to_do(tmp_path):
    path = tmp_path / "a.sf2"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4) + b"sfbk")
    with pytest.raises(
        SynthesisError, match=r"a\.sf2 is damaged: it has no chunk smpl; get a new copy or another"
    ):
        check_soundfont(path)


def test_substitutes_are_the_family_nearest_first_then_the_first_program():
    assert substitutes(26) == [25, 27, 24, 28, 29, 30, 31, 0]
    assert substitutes(0)[:2] == [1, 2]
    assert substitutes(127)[-1] == 0
