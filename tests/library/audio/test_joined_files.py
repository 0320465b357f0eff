import numpy as np
import pytest

import bad_audio
from bad_audio import RATE, encoded, riff, with_open_length
from mathrock.audio import joined_files
from mathrock.audio.reading import AudioError, read_mono

OGG = encoded(riff(1.5), format="OGG")
OPUS = encoded(riff(1.0, 48000), 48000, "OGG", subtype="OPUS")
OTHER_OGG = encoded(riff(1.5, 48000, 1), 48000, "OGG")
FLAC = encoded(riff(1.5), format="FLAC")
WAV = encoded(riff(1.5), format="WAV")


@pytest.fixture
def read(tmp_path):
    def read(data: bytes, name: str = "song"):
        path = tmp_path / name
        path.write_bytes(data)
        return read_mono(path)

    return read


def made(folder, *args, **options) -> bytes:
    return bad_audio.encode(folder / "made", *args, **options).read_bytes()


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (OGG + OTHER_OGG, 3.0),
        (OTHER_OGG + OGG + OTHER_OGG, 4.5),
        (OPUS + OPUS, 2.0),
        (OGG + OPUS + OTHER_OGG, 4.0),
        (FLAC + encoded(riff(1.0, 48000, 1), 48000, "FLAC"), 2.5),
        (with_open_length(FLAC) * 2, 3.0),
        (WAV + encoded(riff(1.0, 48000, 1), 48000, "WAV"), 2.5),
        (encoded(riff(1.5), format="RF64") * 2, 3.0),
        (encoded(riff(1.5), format="W64") * 2, 3.0),
        (encoded(riff(1.5), format="AIFF") * 2, 3.0),
        (encoded(riff(1.5), format="AU", subtype="PCM_16") * 2, 3.0),
        (encoded(riff(1.5), format="CAF") * 2, 3.0),
    ],
)
def test_every_file_is_read_in_order(read, data, seconds):
    recording = read(data)
    assert recording.duration == pytest.approx(seconds, abs=0.001)
    assert len(recording.samples) == pytest.approx(seconds * 22050, abs=4)
    assert recording.warnings == ()


@pytest.mark.parametrize(
    ("codec", "container", "rate", "layout"),
    [
        ("flac", "ogg", RATE, "stereo"),
        ("flac", "matroska", RATE, "stereo"),
        ("libopus", "webm", 48000, "stereo"),
        ("aac", "ipod", RATE, "stereo"),
        ("aac", "adts", RATE, "stereo"),
        ("mp2", "mp2", RATE, "stereo"),
        ("wmav2", "asf", RATE, "stereo"),
        ("wavpack", "wv", RATE, "stereo"),
        ("tta", "tta", RATE, "stereo"),
        ("libopencore_amrnb", "amr", 8000, "mono"),
    ],
)
def test_files_of_ffmpeg(read, tmp_path, codec, container, rate, layout):
    data = made(tmp_path, codec, container, rate, layout, 1.5)
    recording = read(data + data)
    assert recording.duration == pytest.approx(3.0, abs=0.15)
    assert recording.warnings == ()


def test_the_sound_is_that_of_the_files(read):
    first, second = read(OGG).samples, read(OTHER_OGG).samples
    np.testing.assert_array_equal(read(OGG + OTHER_OGG).samples, np.concatenate([first, second]))


def test_the_first_says_rate_and_channels(read):
    recording = read(OTHER_OGG + OGG)
    assert (recording.source_rate, recording.channels) == (48000, 1)


def test_a_broken_one_is_named_and_the_others_read(read):
    broken = bad_audio.with_hole(OGG, 0.02, 5000)
    recording = read(OTHER_OGG + broken + OTHER_OGG)
    assert recording.duration == pytest.approx(3.0, abs=0.001)
    [warning] = recording.warnings
    assert warning.startswith("is 3 files joined: number 2 begins like an ogg file, but is damaged")


def test_a_cut_last_one_is_named(read):
    [warning] = read(OGG + encoded(riff(6.0), format="OGG")[:-9000]).warnings
    assert warning.startswith("is 2 files joined: number 2 is cut short")


def test_one_whose_beginning_is_lost_is_named(read):
    recording = read(OGG + OTHER_OGG[100:])
    assert recording.warnings == ("is damaged: after 1.5 s is sound without a beginning",)


def test_streams_side_by_side_are_one_file(read):
    """The pages of a film's sound and picture alternate; both begin before either goes on."""
    first = OGG.index(b"OggS", 4)
    page = OTHER_OGG[: OTHER_OGG.index(b"OggS", 4)]
    beside = bad_audio.with_page_sum(page[:14] + b"else" + page[18:])
    recording = read(OGG[:first] + beside + OGG[first:])
    assert recording.duration == pytest.approx(1.5, abs=0.001)


def test_a_beginning_on_the_edge_of_what_is_read_at_once(read, monkeypatch):
    expected = read(FLAC + FLAC).samples
    for cut in range(len(FLAC) - 3, len(FLAC) + 12, 5):
        monkeypatch.setattr(joined_files, "_BLOCK", cut - 8)
        np.testing.assert_array_equal(read(FLAC + FLAC).samples, expected)


def test_all_that_are_broken(read):
    with pytest.raises(AudioError, match="begins like a flac file"):
        read(FLAC[:100] * 3)


def test_too_many(read, monkeypatch):
    monkeypatch.setattr(joined_files, "MAX_JOINED_FILES", 3)
    assert read(FLAC * 3).duration == 4.5
    with pytest.raises(AudioError, match="is joined of more than 3 files"):
        read(FLAC * 4)
