"""Run Basic Pitch: compute the probability of each pitch in each frame of a recording.

The module runs the ONNX model of the basic-pitch wheel on onnxruntime. It does not import the
package, whose import would load TensorFlow. Windows and overlap follow Basic Pitch's own inference
(Bittner et al. 2022, https://arxiv.org/abs/2203.09893), so the values are the same.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.files.arrays import read_arrays
from mathrock.files.atomic import replacing
from mathrock.files.damage import reading

SAMPLE_RATE = 22050  # Hz
HOP = 256  # samples a frame
FRAMES_PER_SECOND = SAMPLE_RATE // HOP  # as Basic Pitch rounds it
PITCHES = 88
LOWEST_PITCH = 21  # A0
CONTOUR_BINS = 3 * PITCHES
WINDOW_FRAMES = 2 * FRAMES_PER_SECOND
WINDOW = 2 * SAMPLE_RATE - HOP  # samples
OVERLAP_FRAMES = 30  # half of it is dropped at each end of a window
WINDOW_HOP = WINDOW - OVERLAP_FRAMES * HOP
KEPT_FRAMES = WINDOW_FRAMES - OVERLAP_FRAMES

# Probabilities are stored in 16-bit fixed point: half the size of float32, and, unlike float16,
# precise enough near 1 to keep the frames of a peak different.
SCALE = 65535

_INPUT = "serving_default_input_2:0"
_OUTPUTS = {  # what each output of the ONNX graph is
    "onset": "StatefulPartitionedCall:2",
    "note": "StatefulPartitionedCall:1",
    "contour": "StatefulPartitionedCall:0",
}
_WIDTHS = {"onset": PITCHES, "note": PITCHES, "contour": CONTOUR_BINS}


class Activations(NamedTuple):
    """The posteriorgrams of Basic Pitch: probabilities as uint16, where `SCALE` means 1.

    Attributes:
        onset, note: (frames, 88), from MIDI pitch 21 up.
        contour: (frames, 264), three bins for each semitone.
    """

    onset: np.ndarray
    note: np.ndarray
    contour: np.ndarray


def empty(frames: int = 0) -> Activations:
    """Make the activations of `frames` silent frames."""
    return Activations(*(np.zeros((frames, width), np.uint16) for width in _WIDTHS.values()))


def predict(samples: np.ndarray, model: str | Path | None = None, threads: int = 1) -> Activations:
    """Run the model on mono float32 samples (n,) at `SAMPLE_RATE`, one window at a time.

    Args:
        model: a model that `transcription/basic_pitch_graph` rewrote. None: Basic Pitch's own file,
            which gives the same values and takes more than twice as long.
        threads: the number of windows computed at the same time.
    """
    session = _session(model or bundled_model())
    result = empty(int(len(samples) * (FRAMES_PER_SECOND / SAMPLE_RATE)))
    lead = OVERLAP_FRAMES // 2 * HOP  # silence in front of the first window

    def hear_window(index: int) -> None:
        start = index * WINDOW_HOP - lead
        part = samples[max(start, 0) : start + WINDOW]
        window = np.zeros((1, WINDOW, 1), np.float32)
        window[0, max(-start, 0) :][: len(part), 0] = part
        outputs = session.run(list(_OUTPUTS.values()), {_INPUT: window})
        for whole, output in zip(result, outputs, strict=True):
            rows = whole[index * KEPT_FRAMES : (index + 1) * KEPT_FRAMES]
            edge = (output.shape[1] - KEPT_FRAMES) // 2
            rows[:] = np.rint(output[0, edge : edge + len(rows)] * SCALE)

    # One thread for each window is faster than several in a window, whose operations are small.
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(hear_window, range(-(-(len(samples) + lead) // WINDOW_HOP))):
            pass
    return result


def bundled_model() -> Path:
    """Find Basic Pitch's ONNX model without importing the package."""
    package = Path(find_spec("basic_pitch").origin).parent
    return package / "saved_models" / "icassp_2022" / "nmp.onnx"


@lru_cache(maxsize=1)  # loaded once for all songs of a process
def _session(model: str | Path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    with reading(model):
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def save(path: str | Path, activations: Activations) -> None:
    """Write activations as .npz with their scale and frame rate, whole or not at all."""
    facts = {"scale": SCALE, "frames_per_second": SAMPLE_RATE / HOP, "lowest_pitch": LOWEST_PITCH}
    with replacing(path) as temporary:
        np.savez(temporary, **activations._asdict(), **facts)


def load(path: str | Path) -> Activations:
    """Read activations that `save` wrote."""
    arrays = read_arrays(path)
    return Activations(*(arrays[name] for name in Activations._fields))
