"""Peak memory of packing and training on many songs, made by chance: it should not grow with them.

Each song is a riff of its own that comes back and is varied; the time limit ends the first epoch,
before validation, which holds `--valid` songs.
"""

import os
import resource
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from _measure import at_least_1, call, machine, parser, show, show_json
from _models import MODELS, configured, trained
from mathrock.dataset.index import window_lengths, write_split_index
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.shard_files import write_songs
from mathrock.pianoroll import packed_song

RATE = 16


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--songs", type=at_least_1, default=1000)
    options.add_argument("--valid", type=at_least_1, default=10, help="songs to validate on")
    options.add_argument("--song-minutes", type=float, default=4)
    options.add_argument("--model", choices=MODELS, default="chords")
    options.add_argument("--minutes", type=float, default=1, help="of training")
    options.add_argument("--shards", type=at_least_1, default=1, help="that the songs lie in")
    hint = "of memory of its own that the process may have at most; files that it reads don't count"
    options.add_argument("--limit-gb", type=float, help=hint)
    given = options.parse_args()
    facts = machine(["keras", keras.backend.backend(), "numpy"])
    if given.limit_gb:
        limit = round(given.limit_gb * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measure(given, Path(folder)))
    if given.json:
        show_json({"machine": facts, "songs": given.songs, "model": given.model, "stages": rows})
        return
    table = [[row["stage"], row["seconds"], row["peak_mb"]] for row in rows]
    show(facts, [f"{given.songs} songs", "seconds", "peak MB so far"], table)


def measure(given, folder: Path):
    steps = round(given.song_minutes * 60 * RATE)
    songs = {f"song-{number:06d}": folder / f"{number}.npz" for number in range(given.songs)}
    for number, path in enumerate(songs.values()):
        packed_song.save(
            path, packed_song.pack_song(make_song(np.random.default_rng(number), steps))
        )
    yield stage("imports, making songs", time.monotonic())
    began = time.monotonic()
    facts = {}
    for number in range(given.shards):
        shard = dict(list(songs.items())[number :: given.shards])
        written = write_songs(folder / f"packed/{number}", shard, {}, RATE)
        facts |= {song: {"genre": "none", "shard": f"{number}"} | f for song, f in written.items()}
    splits = {song: "valid" if i < given.valid else "train" for i, song in enumerate(songs)}
    placed = {song: facts[song] for song in songs}
    lengths = window_lengths(RATE, 8.0, 4.0, 0.0)
    write_split_index(folder / "packed", placed, splits, RATE, lengths, 0.15, 20.0)
    yield stage("packing", began)
    began = time.monotonic()
    sizes, knobs = configured(given.model)
    knobs |= {"minutes": given.minutes}
    trained(given.model, sizes, knobs, Sequences(folder / "packed"), folder / "checkpoints")
    yield stage("training", began)


def make_song(rng: np.random.Generator, steps: int) -> np.ndarray:
    """A riff of 4 s over and over, some notes of it different each time: bool (steps, 128, 2)."""
    riff = rng.random((4 * RATE, 128)) < 0.01
    riff[:, :40] = riff[:, 88:] = False
    struck = np.resize(riff, (steps, 128)) ^ (riff.any(axis=0) & (rng.random((steps, 128)) < 0.002))
    sounding = struck.copy()
    sounding[1:] |= struck[:-1]
    return np.stack([sounding, struck], axis=-1)


def stage(name: str, began: float) -> dict:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6 * 1024
    return {"stage": name, "seconds": round(time.monotonic() - began, 1), "peak_mb": round(peak)}


if __name__ == "__main__":
    call(main)
