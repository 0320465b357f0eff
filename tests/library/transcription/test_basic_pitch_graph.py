import numpy as np
import onnx
import pytest

from mathrock.transcription import basic_pitch, basic_pitch_graph


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory):
    path = tmp_path_factory.mktemp("listener") / "basic-pitch.onnx"
    basic_pitch_graph.rewrite_model(basic_pitch.bundled_model(), path)
    return path


def test_it_hears_what_basic_pitchs_own_model_hears(rewritten, heard, snippet_samples):
    fast = basic_pitch.predict(snippet_samples, rewritten)
    for ours, theirs in zip(fast, heard, strict=True):
        assert np.abs(ours.astype(int) - theirs).max() <= 2  # of 65535


def test_it_hears_the_same_in_noise_and_silence(rewritten):
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * basic_pitch.SAMPLE_RATE)
    for samples in (noise.astype(np.float32), np.zeros(30_000, np.float32)):
        pair = (basic_pitch.predict(samples, model) for model in (rewritten, None))
        for ours, theirs in zip(*pair, strict=True):
            assert np.abs(ours.astype(int) - theirs).max() <= 2


def test_threads_change_nothing(rewritten, snippet_samples):
    one, two = (basic_pitch.predict(snippet_samples, rewritten, threads) for threads in (1, 2))
    for ours, theirs in zip(one, two, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_it_covers_every_frame_that_is_kept(rewritten):
    frames = onnx.load(rewritten).graph.output[0].type.tensor_type.shape.dim[1].dim_value
    assert frames == basic_pitch_graph.INNER >= basic_pitch.KEPT_FRAMES


def test_the_same_bytes_twice(rewritten, tmp_path):
    basic_pitch_graph.rewrite_model(basic_pitch.bundled_model(), tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == rewritten.read_bytes()


def test_another_model_is_refused(tmp_path):
    other = onnx.load(basic_pitch.bundled_model())
    for node in other.graph.node:
        if node.op_type == "Where":
            node.output[0] = "renamed"
    onnx.save(other, tmp_path / "other.onnx")
    with pytest.raises(basic_pitch_graph.UnknownGraph, match="Basic Pitch's model"):
        basic_pitch_graph.rewrite_model(tmp_path / "other.onnx", tmp_path / "rewritten.onnx")
    assert not (tmp_path / "rewritten.onnx").exists()
