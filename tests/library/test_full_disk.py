"""Every kind of artifact on a disk that fills up while it is written."""

import numpy as np
import pytest

from faults import filled
from mathrock.audio.writing import write_mp3, write_wav
from mathrock.files.atomic import DiskFull
from mathrock.files.json_files import write_json
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score
from mathrock.pianoroll import encoding
from mathrock.transcription import basic_pitch

RNG = np.random.default_rng(0)
NOISE = RNG.uniform(-0.5, 0.5, (44100 * 30, 2)).astype(np.float32)


def save_model(path):
    import keras

    from mathrock.files.atomic import replacing

    model = keras.Sequential([keras.Input((512,)), keras.layers.Dense(512)])
    with replacing(path) as temporary:
        model.save(temporary)


def heard(frames=2000):
    return basic_pitch.Activations(
        *(RNG.integers(0, 65535, (frames, width)).astype(np.uint16) for width in (88, 88, 264))
    )


def long_score():
    notes = [Note(i * 0.01, i * 0.01 + 0.1, 40 + i % 40) for i in range(40_000)]
    return Score([Part("Guitar", notes, 27)])


WRITERS = {
    "roll.npy": lambda path: encoding.save(
        path, RNG.integers(0, 2, (20_000, 128, 4)).astype(np.uint8)
    ),
    "heard.npz": lambda path: basic_pitch.save(path, heard()),
    "take.wav": lambda path: write_wav(path, NOISE, 44100),
    "take.mp3": lambda path: write_mp3(path, NOISE, 44100),
    "song.mid": lambda path: write_score(path, long_score()),
    "index.json": lambda path: write_json(path, {"numbers": list(range(200_000))}),
    "model.keras": save_model,
}


@pytest.mark.parametrize("name", WRITERS)
def test_the_old_artifact_stays_and_no_half_of_the_new(small_disk, name):
    path = small_disk / name
    path.write_bytes(b"old")
    with (
        filled(small_disk, leaving=130_000),
        pytest.raises(DiskFull, match=f"the disk is full: .*{name} was not written"),
    ):
        WRITERS[name](path)
    assert path.read_bytes() == b"old"
    assert [left.name for left in small_disk.iterdir()] == [name]
