"""Files whose encoder never wrote their length, as in a pipe: all is read, without a warning."""

import struct

import pytest

import bad_audio
from bad_audio import encoded, replaced, riff, with_open_length
from mathrock.audio.reading import read_mono

RIFF = riff()
FLAC = encoded(RIFF, format="FLAC")
WAV = encoded(RIFF, format="WAV")
RF64 = encoded(RIFF, format="RF64")
W64 = encoded(RIFF, format="W64")
AU = encoded(RIFF, format="AU", subtype="PCM_16")
AIFF = encoded(RIFF, format="AIFF")
CAF = encoded(RIFF, format="CAF")
OGG = encoded(RIFF, format="OGG")
NONE, ALL = bytes(8), b"\xff" * 8


@pytest.mark.parametrize(
    "data",
    [
        with_open_length(FLAC),
        b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + with_open_length(FLAC),
        replaced(WAV, b"data", 4, NONE[:4]),
        replaced(WAV, b"data", 4, ALL[:4]),
        replaced(replaced(WAV, b"data", 4, ALL[:4]), b"RIFF", 4, ALL[:4]),
        RF64,
        b"BW64" + RF64[4:],
        replaced(RF64, b"ds64", 8, 3 * NONE),
        replaced(RF64, b"ds64", 8, 3 * ALL),
        W64,
        replaced(W64, b"data", 16, NONE),
        replaced(W64, b"data", 16, ALL),
        AU,
        replaced(AU, b".snd", 8, NONE[:4]),
        replaced(AU, b".snd", 8, ALL[:4]),
        replaced(AIFF, b"COMM", 10, NONE[:4]),
        replaced(replaced(AIFF, b"COMM", 10, NONE[:4]), b"SSND", 4, NONE[:4]),
        CAF,
        replaced(CAF, b"data", 4, ALL),
        bad_audio.without_last_mark(OGG),
        bad_audio.wav_of_chunks(RIFF, 2),
        bad_audio.wav_of_chunks(RIFF, 7),
    ],
)
def test_all_is_read(tmp_path, data):
    path = tmp_path / "song"
    path.write_bytes(data)
    recording = read_mono(path)
    assert recording.duration == pytest.approx(3.0, abs=0.001)
    assert recording.warnings == ()


@pytest.mark.parametrize(
    ("codec", "container", "rate", "options"),
    [
        ("flac", "flac", 44100, {}),
        ("pcm_s16le", "wav", 44100, {}),
        ("pcm_s16be", "au", 44100, {}),
        ("pcm_s16be", "aiff", 44100, {}),
        ("pcm_s16le", "caf", 44100, {}),
        ("pcm_s16le", "w64", 44100, {}),
        ("pcm_s16le", "avi", 44100, {}),
        ("libmp3lame", "mp3", 44100, {"write_xing": "0"}),
        ("libmp3lame", "flv", 44100, {}),
        ("libopus", "webm", 48000, {"live": "1"}),
        ("flac", "matroska", 44100, {}),
        ("wavpack", "wv", 44100, {}),
        ("wmav2", "asf", 44100, {}),
        ("aac", "mp4", 44100, {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
    ],
)
def test_what_ffmpeg_writes_into_a_pipe(tmp_path, codec, container, rate, options):
    path = bad_audio.encode(tmp_path / "song", codec, container, rate, piped=True, **options)
    recording = read_mono(path)
    assert recording.duration == pytest.approx(3.0, abs=0.08)
    assert recording.warnings == ()


def test_a_cut_wav_of_several_chunks_is_still_named(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(bad_audio.wav_of_chunks(RIFF, 3)[: len(WAV) // 2])
    [warning] = read_mono(path).warnings
    assert "its header promises" in warning


def test_a_flac_that_goes_on_behind_its_length(tmp_path):
    """Its header promises a second of the three."""
    path = tmp_path / "song.flac"
    path.write_bytes(FLAC[:22] + struct.pack(">I", 44100) + FLAC[26:])
    assert read_mono(path).duration == pytest.approx(3.0, abs=0.001)
