import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr

import bad_audio
from bad_audio import RATE, encoded, float_wav, riff
from mathrock.audio import reading
from mathrock.audio.reading import AudioError, read_mono

RIFF = riff()
TEN = riff(10.0)
MP3 = encoded(RIFF)
LONG_MP3 = encoded(TEN)
WAV = encoded(RIFF, format="WAV")


def in_one_go(samples: np.ndarray, rate: int, target: int = 22050) -> np.ndarray:
    """What librosa gives: the length rounded up, if need be with a 0."""
    resampled = soxr.resample(samples.mean(axis=1), rate, target, quality="HQ")
    return np.pad(resampled, (0, -(-len(samples) * target // rate) - len(resampled)))


def similarity(samples: np.ndarray, expected: np.ndarray) -> float:
    """Correlation without any shift: an encoder's delay of 10 ms brings it below 0.5."""
    size = min(len(samples), len(expected))
    return float(np.corrcoef(samples[:size], expected[:size])[0, 1])


@pytest.fixture
def put(tmp_path):
    def put(data: bytes, name: str = "song.mp3") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return put


class TestGoodFiles:
    @pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
    @pytest.mark.parametrize("channels", [1, 2, 6])
    def test_equals_mean_and_resampling_in_one_go(self, put, rate, channels):
        path = put(encoded(riff(2.01, rate, channels), rate, "WAV", subtype="PCM_24"), "song.wav")
        recording = read_mono(path)
        decoded, _ = sf.read(path, dtype="float32", always_2d=True)
        np.testing.assert_allclose(recording.samples, in_one_go(decoded, rate), atol=1e-6)
        assert recording.samples.dtype == np.float32
        assert recording.samples.shape == (-(-len(decoded) * 22050 // rate),)
        assert recording.duration == pytest.approx(len(decoded) / rate)
        assert (recording.source_rate, recording.channels) == (rate, channels)
        assert recording.warnings == ()

    @pytest.mark.parametrize("target", [16000, 44100])
    def test_rate_asked_for(self, put, target):
        samples = read_mono(put(WAV), target).samples
        decoded, _ = sf.read(put(WAV), dtype="float32")
        np.testing.assert_allclose(samples, in_one_go(decoded, RATE, target), atol=1e-6)

    def test_rounds_the_length_up_as_librosa_does(self, put):
        path = put(encoded(riff(1.0)[:44099], format="WAV"))
        assert len(read_mono(path).samples) == 22050

    @pytest.mark.parametrize(
        ("format", "options"),
        [
            ("MP3", {}),
            ("MP3", {"bitrate_mode": "VARIABLE", "compression_level": 0.2}),
            ("MP3", {"bitrate_mode": "CONSTANT", "compression_level": 0.5}),
            ("FLAC", {}),
            ("OGG", {}),
            ("AIFF", {}),
            ("AU", {}),
            ("CAF", {}),
            ("RF64", {}),
            ("VOC", {}),
            ("W64", {}),
        ],
    )
    def test_formats_of_libsndfile(self, put, format, options):
        path = put(encoded(RIFF, format=format, **options), f"song.{format.lower()}")
        decoded, _ = sf.read(path, dtype="float32")
        recording = read_mono(path)
        np.testing.assert_allclose(recording.samples, in_one_go(decoded, RATE), atol=1e-6)
        assert recording.duration == 3.0
        assert recording.warnings == ()

    @pytest.mark.parametrize(
        ("codec", "container", "name"),
        [
            ("alac", "ipod", "song.m4a"),
            ("aac", "ipod", "song.m4a"),
            ("aac", "adts", "song.aac"),
            ("aac", "ipod", "aac_named.mp3"),
            ("wmav2", "asf", "song.wma"),
            ("aac", "3g2", "song.3g2"),
            ("aac", "ipod", "song.m4b"),
            ("aac", "mov", "song.mov"),
            ("ac3", "ac3", "song.ac3"),
            ("eac3", "eac3", "song.eac3"),
            ("ac3", "matroska", "song.mkv"),
            ("alac", "caf", "song.caf"),
            ("libmp3lame", "avi", "song.avi"),
            ("libmp3lame", "flv", "song.flv"),
            ("mp2", "mp2", "song.mp2"),
            ("mp2", "mpeg", "song.mpg"),
            ("pcm_mulaw", "aiff", "song.aifc"),
            ("pcm_s16le", "aiff", "song.aifc"),
            ("pcm_u8", "voc", "song.voc"),
            ("tta", "tta", "song.tta"),
            ("wavpack", "wv", "song.wv"),
            ("wmav2", "asf", "song.wmv"),
            ("pcm_s32le", "matroska", "song.mka"),
        ],
    )
    def test_formats_of_ffmpeg(self, tmp_path, codec, container, name):
        recording = read_mono(bad_audio.encode(tmp_path / name, codec, container))
        assert recording.duration == pytest.approx(3.0, abs=0.06)
        assert recording.channels == 2
        assert recording.warnings == ()
        assert np.abs(recording.samples).max() == pytest.approx(0.37, abs=0.08)

    @pytest.mark.parametrize("container", ["amr", "3gp"])
    def test_speech_of_telephones(self, tmp_path, container):
        path = tmp_path / f"song.{container}"
        bad_audio.encode(path, "libopencore_amrnb", container, 8000, "mono")
        recording = read_mono(path)
        assert recording.duration == pytest.approx(3.0, abs=0.06)
        assert recording.warnings == ()

    @pytest.mark.parametrize("container", ["opus", "webm"])
    def test_opus_is_not_late(self, tmp_path, container):
        path = bad_audio.encode(tmp_path / f"song.{container}", "libopus", container, rate=48000)
        recording = read_mono(path)
        assert recording.duration == pytest.approx(3.0, abs=0.02)
        assert similarity(recording.samples, in_one_go(riff(rate=48000), 48000)) > 0.98
        assert recording.warnings == ()

    def test_mp3_is_not_late(self, put):
        assert similarity(read_mono(put(MP3)).samples, in_one_go(RIFF, RATE)) > 0.98

    def test_both_decoders_agree_on_the_place_of_mp3_notes(self, put, monkeypatch):
        path = put(MP3)
        expected = read_mono(path).samples
        monkeypatch.setattr(reading, "run_libsndfile", lambda file, take: None)
        np.testing.assert_allclose(read_mono(path).samples, expected, atol=1e-4)

    def test_content_counts_not_the_name(self, put):
        expected = read_mono(put(WAV, "song.wav")).samples
        for name in ("wav.mp3", "WAV.MP3", "wav.m4a", "wav.raw", "wav", "-wav.mp3", "ü ' #1.mp3"):
            recording = read_mono(put(WAV, name))
            np.testing.assert_allclose(recording.samples, expected, atol=1e-4)
            assert recording.warnings == ()

    @pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
    def test_name_that_is_not_unicode(self, put):
        try:
            path = put(MP3, os.fsdecode(b"l\xe9gende.mp3"))
        except OSError:
            pytest.skip("not on this file system")
        assert read_mono(path).duration == 3.0

    def test_path_as_text(self, put):
        assert read_mono(str(put(WAV))).duration == 3.0

    def test_tags_and_pictures(self, put):
        tagged = bad_audio.with_tag(MP3, 300_000) + b"TAG" + bytes(125)
        recording = read_mono(put(tagged))
        np.testing.assert_array_equal(recording.samples, read_mono(put(MP3)).samples)
        assert recording.warnings == ()

    def test_dead_channel_and_dc_offset(self, put):
        dead = read_mono(put(encoded(RIFF * [1, 0], format="WAV")))
        np.testing.assert_allclose(dead.samples, in_one_go(RIFF * [1, 0], RATE), atol=1e-4)
        offset = read_mono(put(encoded(0.4 * RIFF + 0.5, format="WAV")))
        assert offset.samples.mean() == pytest.approx(0.5, abs=0.05)
        assert dead.warnings == offset.warnings == ()

    def test_a_little_above_full_scale_is_left(self, tmp_path):
        recording = read_mono(float_wav(tmp_path / "hot.wav", 5 * RIFF))
        assert np.abs(recording.samples).max() > 1.5
        assert recording.warnings == ()

    def test_memory(self, tmp_path):
        """An hour must not be held in stereo: here less than twice the mono result."""
        path = tmp_path / "long.wav"
        with sf.SoundFile(path, "w", RATE, 2) as file:
            for _ in range(20):
                file.write(TEN)
        tracemalloc.start()
        recording = read_mono(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2 * recording.samples.nbytes


class TestLongerThanTheHeaderSays:
    def test_variable_mp3_without_header(self, put):
        loud_then_soft = np.concatenate([TEN, 1e-3 * TEN])
        options = {"bitrate_mode": "VARIABLE", "compression_level": 0.2}
        data = bad_audio.without_header(encoded(loud_then_soft, **options))
        recording = read_mono(put(data))
        assert recording.duration == pytest.approx(20.0, abs=0.1)
        assert recording.warnings == ()

    def test_joined_mp3s(self, put):
        recording = read_mono(put(MP3 + MP3))
        assert recording.duration == pytest.approx(6.0, abs=0.1)
        assert recording.warnings == ()

    def test_joined_mp3s_of_other_rate_and_channels(self, put):
        recording = read_mono(put(MP3 + encoded(riff(2.0, 22050, 1), 22050)))
        assert recording.duration == pytest.approx(5.0, abs=0.2)
        assert (recording.source_rate, recording.channels) == (RATE, 2)

    def test_joined_oggs(self, put):
        ogg = encoded(RIFF, format="OGG")
        recording = read_mono(put(ogg + encoded(riff(2.0), format="OGG"), "song.ogg"))
        assert recording.duration == pytest.approx(5.0, abs=0.1)
        assert recording.warnings == ()

    def test_wav_whose_length_was_never_written(self, put):
        for size in (b"\0\0\0\0", b"\xff\xff\xff\xff"):
            at = WAV.index(b"data") + 4
            recording = read_mono(put(WAV[:at] + size + WAV[at + 4 :], "song.wav"))
            assert recording.duration == pytest.approx(3.0, abs=0.01)
            assert recording.warnings == ()


class TestDamage:
    @pytest.mark.parametrize("format", ["WAV", "AIFF", "FLAC", "MP3"])
    def test_cut(self, put, format):
        data = encoded(TEN, format=format)
        recording = read_mono(put(data[: len(data) // 2], f"song.{format.lower()}"))
        assert recording.duration == pytest.approx(5.0, abs=0.4)
        assert len(recording.samples) == pytest.approx(recording.duration * 22050, abs=1)
        assert similarity(recording.samples, in_one_go(TEN, RATE)) > 0.98
        assert f"holds {recording.duration:.1f} s of the 10.0 s that its header promises" in (
            recording.warnings
        )

    def test_cut_ogg(self, put):
        data = encoded(TEN, format="OGG")
        recording = read_mono(put(data[: len(data) // 2], "song.ogg"))
        assert 3 < recording.duration < 7
        [warning] = recording.warnings
        assert warning.startswith("is cut short")

    def test_cut_m4a(self, tmp_path, put):
        whole = bad_audio.encode(tmp_path / "song.mka", "aac", "matroska").read_bytes()
        recording = read_mono(put(whole[: len(whole) // 2], "song.mka"))
        assert 1 < recording.duration < 2
        assert any("of the 3.0 s" in warning for warning in recording.warnings)

    def test_hole_gives_the_notes_on_both_sides(self, put):
        recording = read_mono(put(bad_audio.with_hole(LONG_MP3, 0.5, 20_000)))
        assert 8 < recording.duration < 10
        assert len(recording.warnings) >= 1
        before = recording.samples[: 4 * 22050]
        assert similarity(before, in_one_go(TEN, RATE)) > 0.98
        assert np.abs(recording.samples[-22050:]).max() > 0.2

    def test_bit_rot(self, put):
        recording = read_mono(put(bad_audio.with_bit_rot(LONG_MP3, 300)))
        assert recording.duration > 8
        assert np.abs(recording.samples).max() <= reading.ABSURD_PEAK
        assert similarity(recording.samples[:44100], in_one_go(TEN, RATE)[:44100]) > 0.98

    def test_junk_before_the_first_frame(self, put):
        recording = read_mono(put(b"\xde\xad" * 5000 + MP3))
        np.testing.assert_array_equal(recording.samples, read_mono(put(MP3)).samples)

    def test_samples_that_are_not_numbers(self, tmp_path):
        broken = RIFF.copy()
        broken[1000:1050] = np.nan
        broken[2000, 0], broken[2001, 1], broken[2002, 1] = np.inf, -np.inf, 1e38
        recording = read_mono(float_wav(tmp_path / "nan.wav", broken))
        assert recording.warnings == ("has 103 samples that are not numbers, set to 0",)
        broken[1000:1050] = broken[2000, 0] = broken[2001:2003, 1] = 0
        np.testing.assert_allclose(recording.samples, in_one_go(broken, RATE), atol=1e-6)

    def test_channels_that_cancel(self, put):
        recording = read_mono(put(encoded(RIFF[:, :1] * [1, -1], format="WAV")))
        assert recording.warnings == (
            "has channels that cancel each other in mono: only the left one is used",
        )
        np.testing.assert_allclose(recording.samples, in_one_go(RIFF[:, :1], RATE), atol=1e-4)
        assert recording.channels == 2

    def test_integers_in_a_float_file_are_scaled(self, tmp_path):
        recording = read_mono(float_wav(tmp_path / "integers.wav", RIFF * 32768))
        assert np.abs(recording.samples).max() == pytest.approx(1.0)
        assert similarity(recording.samples, in_one_go(RIFF, RATE)) > 0.999
        [warning] = recording.warnings
        assert "scaled down" in warning

    def test_wild_peaks_are_clipped(self, tmp_path):
        wild = RIFF.copy()
        wild[5000:5010] = 200
        recording = read_mono(float_wav(tmp_path / "wild.wav", wild))
        assert np.abs(recording.samples).max() == 1
        far = slice(22050, None)
        expected = in_one_go(RIFF, RATE)
        np.testing.assert_allclose(recording.samples[far], expected[far], atol=1e-3)
        [warning] = recording.warnings
        assert "clipped" in warning


class TestUnusable:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "is empty (0 bytes)"),
            (b"Not music.\n" * 500, "looks like text"),
            ("Straße\n".encode() * 900, "looks like text"),
            (b"\n<!DOCTYPE html><html><body>404</body></html>" * 9, "looks like a web page"),
            (bad_audio.png(), "looks like an image"),
            (b"MThd\0\0\0\6\0\1\0\1\3\xc0" + bytes(99), "looks like a MIDI file"),
            (bytes(100_000), "nothing but zeros"),
            (MP3[:100], "begins like an mp3 file"),
            (encoded(RIFF, format="FLAC")[:200], "flac"),
            (encoded(RIFF, format="CAF")[:40], "begins like a caf file"),
            (b"wvpk" + bytes(99), "begins like a WavPack file"),
            (WAV[:44], "ends after its header"),
            (encoded(RIFF[:0], format="WAV"), "ends after its header"),
            (WAV[:24] + b"\1\0\0\0" + WAV[28:], "sample rate of 1 Hz"),
            (encoded(riff(0.3)), "is too short (0.30 s; at least 0.5 s is needed)"),
            (encoded(riff(0.01), format="WAV"), "is too short (0.01 s"),
            (encoded(0 * RIFF), "is silent"),
            (encoded(1e-3 * RIFF, format="WAV"), "is silent"),
        ],
    )
    def test_sentence(self, put, data, message):
        with pytest.raises(AudioError) as error:
            read_mono(put(data))
        assert message in str(error.value)
        assert "song" not in str(error.value)

    @pytest.mark.parametrize("seed", range(8))
    @pytest.mark.parametrize("suffix", ["mp3", "wav", "aac"])
    def test_random_bytes(self, put, seed, suffix):
        data = np.random.default_rng(seed).bytes(30_000)
        with pytest.raises(AudioError, match="is not audio"):
            read_mono(put(data, f"noise.{suffix}"))

    @pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "m4a"])
    def test_damage_anywhere_never_raises_anything_else(self, tmp_path, put, kind):
        if kind == "m4a":
            good = bad_audio.encode(tmp_path / "good.m4a", "aac", "ipod").read_bytes()
        else:
            good = encoded(riff(1.0), format=kind)
        rng = np.random.default_rng(5)
        for _ in range(12):
            bad = bytearray(good[: rng.integers(1, len(good))])
            for at in rng.integers(0, min(len(bad), 300), rng.integers(0, 6)):
                bad[at] = rng.integers(256)
            try:
                recording = read_mono(put(bytes(bad), f"song.{kind.lower()}"))
            except AudioError:
                continue
            assert np.isfinite(recording.samples).all()

    def test_only_nan(self, tmp_path):
        with pytest.raises(AudioError, match="not numbers"):
            read_mono(float_wav(tmp_path / "nan.wav", RIFF * np.nan))

    def test_not_a_file(self, tmp_path):
        with pytest.raises(AudioError, match="is missing"):
            read_mono(tmp_path / "song.mp3")
        with pytest.raises(AudioError, match="is a folder"):
            read_mono(tmp_path)

    def test_link_to_nothing(self, tmp_path):
        link = tmp_path / "song.mp3"
        try:
            link.symlink_to(tmp_path / "gone.mp3")
        except OSError:
            pytest.skip("no links here")
        with pytest.raises(AudioError, match="is missing"):
            read_mono(link)

    def test_no_permission(self, put, monkeypatch):
        def refuse(*_):
            raise PermissionError(13, "Permission denied")

        path = put(MP3)
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(AudioError, match="permission denied"):
            read_mono(path)

    def test_playlists_open_nothing_else(self, put):
        good = put(MP3)
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{good}\n#EXT-X-ENDLIST\n"
        for text in (playlist, f"ffconcat version 1.0\nfile '{good.name}'\n"):
            with pytest.raises(AudioError, match="looks like text"):
                read_mono(put(text.encode(), "list.m3u8"))

    def test_film_without_sound(self, tmp_path):
        av = bad_audio.av
        path = tmp_path / "film.mp4"
        with av.open(str(path), "w") as file:
            stream = file.add_stream("mpeg4", rate=10)
            stream.width = stream.height = 16
            frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8))
            file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
        with pytest.raises(AudioError, match="no sound"):
            read_mono(path)

    def test_lack_of_memory_is_not_blamed_on_the_file(self, put, monkeypatch):
        def fail(*_):
            raise MemoryError

        monkeypatch.setattr(reading.DecodedAudio, "add", fail)
        with pytest.raises(MemoryError):
            read_mono(put(WAV))
