import json
import subprocess
import sys
from pathlib import Path

import pytest

import augmentation
from _measure import BenchmarkError
from mathrock.music.score import Metre, Note, Part, Score, Tempo
from mathrock.pianoroll import encoding
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.status import Status, write_status

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks/augmentation.py"


def run(*arguments):
    command = [sys.executable, SCRIPT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rolls(folder, kind, confidence):
    """Two songs of 40 s, as the workflow writes them."""
    for name, pitches in {"a": (60, 64, 67), "b": (50, 57)}.items():
        notes = [Note(i / 4, i / 4 + 0.2, pitches[i % len(pitches)]) for i in range(160)]
        score = Score([Part("Guitar", notes, 27)], (Tempo(0.0, 120.0),), (Metre(0.0, 7, 8),))
        status = Status(name, f"{name}.mid", facts={"beat_confidence": confidence, "metre": "7/8"})
        roll, status = encode_song(score, status, kind, 8, 4, 0.5)
        encoding.save(folder / f"{name}.npy", roll)
        write_status(folder / f"{name}.json", status)
    return sorted(folder.glob("*.npy"))


@pytest.mark.parametrize(
    ("kind", "confidence", "beside"),
    [("time", 0.0, ["stretch"]), ("time", 1.0, ["stretch", "rotate"]), ("beat", 1.0, ["rotate"])],
)
def test_only_what_does_something_to_the_songs_is_tried(tmp_path, kind, confidence, beside):
    packed = augmentation.pack(rolls(tmp_path, kind, confidence), tmp_path / "songs")
    found = augmentation.augmentations(packed, [-5, 6])
    assert list(found) == ["none", "transpose", *(f"transpose, {name}" for name in beside)]


def test_each_is_trained_with_each_seed(tmp_path):
    done = run(*rolls(tmp_path, "beat", 1.0), "--epochs", 1, "--seeds", 2, "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["augmentations"]
    assert len(rows) == 3
    for row in rows:
        assert row["epochs"] == [1, 1]
        assert len(row["by_seed"]) == 2
        assert 0 < row["least"] <= row["mean"] <= row["most"] < 90


def test_a_roll_alone_is_refused_in_a_line(tmp_path):
    roll = rolls(tmp_path, "time", 0.0)[0]
    roll.with_suffix(".json").unlink()
    with pytest.raises(BenchmarkError, match="is not the workflow's"):
        augmentation.pack([roll], tmp_path / "songs")
