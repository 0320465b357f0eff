import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest

import small_soundfont
from mathrock.rendering import soundfont_check, synthesis
from mathrock.rendering.soundfont import SynthesisError, check_soundfont
from mathrock.rendering.soundfont_check import check_tables
from mathrock.rendering.soundfont_tables import FontError
from small_soundfont import assemble, small_sf2, small_sf3, tables, tone

SOUND = tone(500).tobytes() + tone(700).tobytes()


@pytest.fixture
def check(tmp_path):
    def check(data: bytes) -> str:
        """What is wrong with a font; nothing if nothing is."""
        path = tmp_path / "a.sf2"
        path.write_bytes(data)
        try:
            check_tables(path)
        except FontError as error:
            return str(error)
        return ""

    return check


def changed(table: bytes, row: int, offset: int, value: int, form: str = "<H") -> bytes:
    """The small font with another number in a record."""
    records = tables(500, 700)
    record = bytearray(records[table][row])
    struct.pack_into(form, record, offset, value)
    records[table][row] = bytes(record)
    return assemble(records, SOUND)


@pytest.mark.parametrize("font", [small_sf2, small_sf3])
def test_a_good_font_passes_and_plays(tmp_path, font):
    path = tmp_path / "a.sf2"
    path.write_bytes(font())
    synth = synthesis.open_synth(check_soundfont(path), 22050)
    assert synth.program_change(0, 0)


@pytest.mark.parametrize(
    ("font", "reason"),
    [
        (changed(b"phdr", 1, 24, 70), "preset 2 names zone 70 of 3"),
        (changed(b"phdr", 2, 24, 1), "preset 2 ends before its beginning"),
        (changed(b"pbag", 1, 0, 60000), "preset zone 2 names generator 60000 of 4"),
        (changed(b"pbag", 1, 2, 9), "preset zone 2 names modulator 9 of 2"),
        (changed(b"pbag", 2, 0, 0), "preset zone 2 ends before its beginning"),
        (changed(b"pgen", 2, 2, 2), "names instrument 2 of 2"),
        (changed(b"inst", 1, 20, 7), "instrument 2 names zone 7 of 4"),
        (changed(b"inst", 2, 20, 1), "instrument 2 ends before its beginning"),
        (changed(b"ibag", 2, 0, 99), "instrument zone 3 names generator 99 of 12"),
        (changed(b"ibag", 4, 2, 3), "instrument zone 5 names modulator 3 of 2"),
        (changed(b"igen", 5, 2, 2), "names sample 2 of 2"),
        (changed(b"igen", 5, 2, 65535), "names sample 65535 of 2"),
        (changed(b"shdr", 0, 20, 600, "<I"), "sample 0 ends before its beginning"),
        (changed(b"shdr", 1, 24, 1201, "<I"), "sample 1 goes to 1201 of 1200"),
        (changed(b"shdr", 1, 28, 1 << 31, "<I"), "sample 1 goes to 2147483648 of 1200"),
        (changed(b"shdr", 0, 32, 9999, "<I"), "sample 0 goes to 9999 of 1200"),
        (changed(b"shdr", 0, 36, 0, "<I"), "sample 0 has a sample rate of 0 Hz"),
        (changed(b"shdr", 0, 36, 1 << 30, "<I"), "sample 0 has a sample rate of 1073741824 Hz"),
    ],
)
def test_every_index_is_looked_at(check, font, reason):
    assert reason in check(font)


@pytest.mark.parametrize("name", sorted(small_soundfont.tables(500, 700)))
def test_tables_that_are_missing_empty_twice_or_of_part_of_a_record(check, name):
    good = tables(500, 700)
    without = {other: rows for other, rows in good.items() if other != name}
    assert f"no chunk {name.decode()}" in check(assemble(without, SOUND))
    assert f"chunk {name.decode()} has 0 bytes" in check(assemble({**good, name: []}, SOUND))
    rows = [*good[name], b"xx"]
    assert f"chunk {name.decode()} has" in check(assemble({**good, name: rows}, SOUND))
    twice = small_soundfont.chunk(name, b"".join(good[name]))
    font = assemble({**good, b"shdr": [*good[b"shdr"], twice]}, SOUND)
    size = sum(map(len, good[b"shdr"]))
    font = font.replace(
        b"shdr" + struct.pack("<I", size + len(twice)), b"shdr" + struct.pack("<I", size)
    )
    assert f"two chunks {name.decode()}" in check(font)


def test_no_part_of_a_font_passes(check):
    font = small_sf2()
    for length in range(12, len(font), 37):
        assert check(font[:length]), length


def test_sm24_and_other_chunks_are_no_matter(check):
    more = small_soundfont.chunk(b"sm24", bytes(1200)) + small_soundfont.chunk(b"what", b"odd")
    records = tables(500, 700)
    sound = small_soundfont.chunk(b"LIST", b"sdta" + small_soundfont.chunk(b"smpl", SOUND) + more)
    inside = b"".join(small_soundfont.chunk(name, b"".join(rows)) for name, rows in records.items())
    body = sound + small_soundfont.chunk(b"LIST", b"pdta" + inside)
    assert check(small_soundfont.chunk(b"RIFF", b"sfbk" + body)) == ""


@pytest.mark.parametrize("pad", [b"", b"\0"])
def test_an_odd_size_with_or_without_the_byte_after_it(tmp_path, pad):
    """Many an sf3 lacks the byte; with it, TinySoundFont lost its way."""
    font = small_sf3()
    at = font.index(b"smpl")
    [size] = struct.unpack_from("<I", font, at + 4)
    sound = font[at + 8 : at + 8 + size] + bytes(1 - size % 2)
    tail = font[at + 8 + size + size % 2 :]
    inside = b"sdtasmpl" + struct.pack("<I", len(sound)) + sound + pad
    rest = b"LIST" + struct.pack("<I", len(inside)) + inside + tail
    body = font[8 : at - 12] + rest
    path = tmp_path / "a.sf3"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert synthesis.open_synth(path, 22050).program_change(0, 0)


def test_damage_in_a_compressed_sample(check):
    font = bytearray(small_sf3())
    at = bytes(font).rindex(b"OggS") + 60
    font[at] ^= 1
    assert check(bytes(font)) == "its sample 1 is no whole Ogg stream"


def test_compressed_samples_beside_others(check):
    font = bytearray(small_sf3())
    first = font.index(b"shdr") + 8
    struct.pack_into("<HH", font, first + 42, 0, 1)
    assert "sample 0 goes to" in check(bytes(font)) or "compressed" in check(bytes(font))


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("MAX_SOUNDFONT_SAMPLES", "more than 1 samples"),
        ("MAX_SOUNDFONT_PRESETS", "more than 1 presets"),
        ("MAX_SOUNDFONT_ZONES", "more than 1 zones"),
    ],
)
@pytest.mark.parametrize("font", [small_sf2, small_sf3])
def test_limits(check, monkeypatch, limit, reason, font):
    monkeypatch.setattr(soundfont_check, limit, 1)
    assert reason in check(font())


def test_a_bomb_of_zones(check):
    """Presets that each have all zones of one instrument, as often as there are generators."""
    records = tables(500, 700)
    records[b"pgen"] = [struct.pack("<HH", 41, 0)] * 60_000
    records[b"pbag"][-1] = struct.pack("<HH", 60_000, 1)
    records[b"igen"] = [struct.pack("<HH", 53, 0)] * 60_000 + [bytes(4)]
    records[b"ibag"][3] = struct.pack("<HH", 60_000, 1)
    records[b"ibag"][4] = struct.pack("<HH", 60_000, 1)
    assert "more than 200,000 zones" in check(assemble(records, SOUND))


CHILD = """
import random, sys
from pathlib import Path
import numpy as np
from mathrock.rendering.soundfont import SynthesisError
from mathrock.rendering.synthesis import open_synth
passed = 0
for path in sorted(Path(sys.argv[1]).glob("*.sf2")):
    try:
        synth = open_synth(path, 22050)
    except SynthesisError:
        continue
    passed += 1
    samples = np.zeros((2000, 2), np.float32)
    for channel in (0, 9):
        synth.program_change(channel, 0)
        for key in (0, 36, 60, 61, 127):
            synth.note_on(channel, key, 100)
        synth.pitch_bend(channel, 8191)
        synth.fill(samples)
print(passed)
"""


@pytest.mark.parametrize(("font", "count"), [(small_sf2, 200), (small_sf3, 100)])
def test_what_passes_crashes_no_engine(tmp_path, font, count):
    """Numbers of tables changed at random; 9,000 such were played in both engines."""
    rng = random.Random(4)
    good = font()
    begin = good.index(b"pdta")
    for number in range(count):
        data = bytearray(good)
        for _ in range(rng.choice((1, 1, 2, 8))):
            at = rng.randrange(begin, len(data) - 2)
            value = rng.choice((0, 1, 2, 127, 0x7FFF, 0x8000, 0xFFFF, rng.randrange(1 << 16)))
            struct.pack_into("<H", data, at - at % 2, value)
        (tmp_path / f"{number:03}.sf2").write_bytes(data)
    scripts = Path(soundfont_check.__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, tmp_path],
        env={**os.environ, "PYTHONPATH": str(scripts)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert child.returncode == 0, child.stderr
    assert 0 < int(child.stdout) < count


def test_key_ranges_beyond_127_are_played_as_to_127(tmp_path):
    """TinySoundFont counts zones by one rule and fills them in by another: it wrote beyond."""
    path = tmp_path / "a.sf2"
    path.write_bytes(changed(b"pgen", 1, 2, 200 | 255 << 8))
    assert synthesis.open_synth(path, 22050).program_change(0, 0)


def test_an_engine_is_given_no_damaged_font(tmp_path):
    path = tmp_path / "a.sf2"
    path.write_bytes(changed(b"igen", 5, 2, 65535))
    with pytest.raises(SynthesisError, match=r"a\.sf2 is damaged: it names sample 65535 of 2"):
        synthesis.open_synth(path)
