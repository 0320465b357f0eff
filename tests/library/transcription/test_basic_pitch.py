import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mathrock.files.damage import DamagedFile
from mathrock.transcription import basic_pitch as activations
from mathrock.transcription.basic_pitch import PITCHES, SAMPLE_RATE, SCALE

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"


@pytest.fixture(scope="module")
def samples(snippet_wav):
    return soundfile.read(snippet_wav, dtype="float32")[0]


def test_the_values_are_basic_pitchs_own(without_tensorflow, snippet_wav, heard):
    import basic_pitch
    from basic_pitch.inference import run_inference

    path = basic_pitch.build_icassp_2022_model_path(basic_pitch.FilenameSuffix.onnx)
    theirs = run_inference(snippet_wav, path)
    for name, plane in heard._asdict().items():
        assert plane.shape == theirs[name].shape
        assert np.abs(plane / SCALE - theirs[name]).max() < 1e-5


def test_there_is_something_to_hear(heard):
    assert heard.note.max() > 0.5 * SCALE


def test_planes_are_compact_and_of_one_length(heard):
    assert {plane.dtype for plane in heard} == {np.dtype(np.uint16)}
    assert heard.onset.shape == heard.note.shape == (8 * activations.FRAMES_PER_SECOND, PITCHES)
    assert heard.contour.shape == (len(heard.note), 3 * PITCHES)


@pytest.mark.parametrize("seconds", [0.1, 1.0])
def test_sound_shorter_than_a_window_is_heard(samples, seconds):
    short = activations.predict(samples[: int(seconds * SAMPLE_RATE)])
    assert len(short.note) == int(seconds * activations.FRAMES_PER_SECOND)
    assert short.note.any()


def test_no_sound_has_no_frames():
    for length in (0, 1):
        assert len(activations.predict(np.zeros(length, np.float32)).note) == 0


def test_silence_is_heard_as_such():
    silent = activations.predict(np.zeros(SAMPLE_RATE, np.float32))
    assert silent.onset.max() < 0.3 * SCALE


def test_hearing_twice_gives_the_same(samples):
    one, other = (activations.predict(samples[:SAMPLE_RATE]) for _ in range(2))
    assert all(np.array_equal(*planes) for planes in zip(one, other, strict=True))


def test_saved_activations_come_back_with_what_is_needed_to_read_them(tmp_path, heard):
    activations.save(tmp_path / "a.npz", heard)
    again = activations.load(tmp_path / "a.npz")
    assert all(np.array_equal(*planes) for planes in zip(again, heard, strict=True))
    with np.load(tmp_path / "a.npz") as arrays:
        assert (arrays["scale"], arrays["lowest_pitch"]) == (SCALE, 21)
        assert arrays["frames_per_second"] == pytest.approx(86.13, abs=0.01)


def test_empty_activations_come_back(tmp_path):
    activations.save(tmp_path / "a.npz", activations.empty())
    assert [plane.shape for plane in activations.load(tmp_path / "a.npz")] == [
        *[(0, PITCHES)] * 2,
        (0, 3 * PITCHES),
    ]


def test_hearing_imports_neither_tensorflow_nor_basic_pitch(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(SAMPLE_RATE) / 9), SAMPLE_RATE)
    code = (
        "import sys\n"
        "from mathrock.transcription.recording import analyse_recording\n"
        "song = {'id': 'a', 'path': 'a.wav', 'problem': ''}\n"
        "heard, _, status = analyse_recording(song, 'a.wav')\n"
        "assert status.ok and len(heard.note), status\n"
        "print(*sorted({'tensorflow', 'keras', 'basic_pitch', 'librosa'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    job = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert job.stdout.strip() == ""


@pytest.mark.parametrize("part", [0, 0.5, 0.999])
def test_a_model_that_is_cut_short_is_named(tmp_path, samples, part):
    whole = activations.bundled_model().read_bytes()
    model = tmp_path / "listener.onnx"
    model.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(DamagedFile, match=r"listener\.onnx is damaged"):
        activations.predict(samples, model)
