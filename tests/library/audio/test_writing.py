import numpy as np
import pytest
import soundfile

from mathrock.audio.true_peak import true_peak
from mathrock.audio.writing import write_mp3, write_wav
from mathrock.rendering.mastering import master

RATE = 44100
RNG = np.random.default_rng(2)


def noise(seconds=1.0, level=0.1):
    return RNG.normal(0, level, (round(seconds * RATE), 2)).astype(np.float32)


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24)])
def test_wav_holds_the_samples(tmp_path, subtype, bits):
    samples = noise()
    write_wav(tmp_path / "a.wav", samples, RATE, subtype)
    read, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == RATE
    assert soundfile.info(tmp_path / "a.wav").subtype == subtype
    assert np.abs(read - samples).max() <= 2.0 ** (1 - bits)


def test_wav_is_24_bits_by_default_clips_and_takes_no_float(tmp_path):
    write_wav(tmp_path / "a.wav", np.full((10, 2), 1.5, np.float32), RATE)
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_24"
    assert soundfile.read(tmp_path / "a.wav")[0].min() > 0.999
    with pytest.raises(ValueError, match="PCM_16 and PCM_24"):
        write_wav(tmp_path / "b.wav", noise(), RATE, "FLOAT")


def test_same_bytes_twice_and_nothing_left_over(tmp_path):
    samples = noise(2)
    for name in "ab":
        write_wav(tmp_path / f"{name}.wav", samples, RATE)
        write_mp3(tmp_path / f"{name}.mp3", samples, RATE, "Title", true_peak_db=-1.0)
    for suffix in ("wav", "mp3"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("write", [write_wav, write_mp3])
def test_a_failure_leaves_the_old_file(tmp_path, write):
    path = tmp_path / "a.wav"
    path.write_text("old")
    with pytest.raises((soundfile.LibsndfileError, TypeError)):
        write(path, noise(), -1)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_mp3_is_320_kbit_and_keeps_time(tmp_path):
    samples = noise(2)
    assert write_mp3(tmp_path / "a.mp3", samples, RATE) == 0.0
    read, rate = soundfile.read(tmp_path / "a.mp3")
    assert rate == RATE
    assert read.shape == samples.shape
    assert np.corrcoef(read[:, 0], samples[:, 0])[0, 1] > 0.9  # without what is above 20 kHz
    assert (tmp_path / "a.mp3").stat().st_size / 2 * 8 == pytest.approx(320_000, rel=0.05)


def test_mp3_carries_long_titles_in_any_script(tmp_path):
    title = "Ein sehr langer Titel über数学 ♪ in 7/8, " * 8
    write_mp3(tmp_path / "a.mp3", noise(), RATE, title, artist="Foo & Bär", album="Al")
    with soundfile.SoundFile(tmp_path / "a.mp3") as file:
        assert (file.title, file.artist, file.album) == (title, "Foo & Bär", "Al")
        assert file.frames == RATE
    write_mp3(tmp_path / "b.mp3", noise(), RATE)
    assert (tmp_path / "b.mp3").read_bytes()[:2] == b"\xff\xfb"


def test_mp3_of_the_master_stays_below_the_ceiling(tmp_path):
    samples = master(noise(3) * np.exp(-8 * (np.arange(3 * RATE) / RATE % 0.5))[:, None], RATE)
    gain = write_mp3(tmp_path / "a.mp3", samples.astype(np.float32), RATE, true_peak_db=-1.0)
    read, _ = soundfile.read(tmp_path / "a.mp3")
    assert true_peak(read, RATE) <= -1.0
    assert -1.0 < gain <= 0.0


def test_mp3_is_turned_down_until_it_holds(tmp_path):
    samples = np.clip(noise(1, 1.0), -0.9, 0.9)  # at -0.9 dBFS, more after encoding
    gain = write_mp3(tmp_path / "a.mp3", samples, RATE, true_peak_db=-1.0)
    read, _ = soundfile.read(tmp_path / "a.mp3")
    assert gain < -1
    assert -2.0 < true_peak(read, RATE) <= -1.0


def test_mp3_of_no_samples_and_of_silence(tmp_path):
    write_mp3(tmp_path / "a.mp3", np.zeros((RATE, 2), np.float32), RATE, true_peak_db=-1.0)
    assert not soundfile.read(tmp_path / "a.mp3")[0].any()
    write_wav(tmp_path / "b.wav", np.zeros((0, 2), np.float32), RATE)
    assert soundfile.info(tmp_path / "b.wav").frames == 0


def test_an_mp3_of_nothing_can_be_read(tmp_path):
    write_mp3(tmp_path / "a.mp3", np.zeros((0, 2), np.float32), 44100, true_peak_db=-1)
    samples, rate = soundfile.read(tmp_path / "a.mp3")
    assert rate == 44100
    assert not samples.any()
