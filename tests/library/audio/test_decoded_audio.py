import os
import struct

import numpy as np
import pytest

import bad_audio
from bad_audio import encoded, riff
from mathrock.audio import decoded_audio, headers, reading
from mathrock.audio.reading import AudioError, read_mono
from mathrock.files import limits

FLAC = encoded(riff(), format="FLAC")


def wav_head(rate: int, channels: int) -> bytes:
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels, channels, 8)
    return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + form + b"data\xff\xff\xff\xff"


@pytest.fixture
def two_seconds(monkeypatch):
    monkeypatch.setattr(reading, "MAX_RECORDING_SECONDS", 2)


def refusal(path) -> str:
    with pytest.raises(AudioError) as error:
        read_mono(path)
    return str(error.value)


def test_an_album_of_an_hour_stays_usable():
    assert limits.MAX_RECORDING_SECONDS >= 2 * 3600


@pytest.mark.parametrize("seconds", [3 * 3600 + 1, 24 * 3600])
def test_hours_of_silence_in_few_bytes_are_refused_undecoded(tmp_path, monkeypatch, seconds):
    path = tmp_path / "song.flac"
    one = encoded(np.zeros((44100 * 60, 1), np.float32), format="FLAC")
    frames = one[one.index(b"\xff\xf8") :]
    length = seconds * 44100
    head = one[:21] + bytes([one[21] & 0xF0 | length >> 32]) + struct.pack(">I", length % 2**32)
    path.write_bytes(head + one[26 : one.index(b"\xff\xf8")] + frames * (seconds // 60 + 1))
    monkeypatch.setattr(decoded_audio.DecodedAudio, "add", None)
    assert refusal(path) == "lasts more than 3 hours"


@pytest.mark.parametrize(
    ("codec", "container", "options"),
    [
        ("flac", "flac", {}),
        ("libmp3lame", "mp3", {"write_xing": "0"}),
        ("aac", "adts", {}),
        ("aac", "ipod", {}),
        ("tta", "tta", {}),
        ("pcm_s16le", "wav", {}),
        ("pcm_s16be", "aiff", {}),
    ],
)
def test_each_format_stops_at_the_limit(tmp_path, two_seconds, codec, container, options):
    path = bad_audio.encode(tmp_path / "song", codec, container, **options)
    assert refusal(path).startswith("lasts more than")


def test_files_joined_count_together(tmp_path, two_seconds):
    path = tmp_path / "song"
    path.write_bytes(encoded(riff(1.5), format="FLAC") * 2)
    assert refusal(path).startswith("lasts more than")


def test_a_header_that_lies_does_not_refuse_a_short_file(tmp_path):
    path = tmp_path / "song.flac"
    path.write_bytes(FLAC[:21] + bytes([FLAC[21] | 0x0F]) + b"\xff" * 4 + FLAC[26:])
    recording = read_mono(path)
    assert recording.duration == pytest.approx(3.0, abs=0.001)
    assert len(recording.warnings) == 1


def test_slow_samples(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(wav_head(1000, 1) + bytes(1000 * (3 * 3600 + 1)))
    assert refusal(path) == "lasts more than 3 hours"


def test_channels(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(wav_head(44100, 1000) + bytes(1_000_000))
    assert refusal(path) == "has 1000 channels, more than 64"


def test_sparse_file(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(wav_head(44100, 2))
    os.truncate(path, 20_000_000_000)
    assert refusal(path) == "has more than 10 GB"


def test_chunks_without_end(tmp_path):
    path = tmp_path / "song.wav"
    junk = b"junk\2\0\0\0xx" * (headers.MOST_CHUNKS + 1)
    path.write_bytes(b"RIFF\xff\xff\xff\xffWAVE" + junk)
    assert refusal(path) == f"is damaged: it has more than {headers.MOST_CHUNKS} chunks"
