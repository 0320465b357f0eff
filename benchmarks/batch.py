"""Recordings to piano rolls: a process for each step of each song, as is the default.

Beside it a process for each step of all songs, as in shards. On one core; the results are equal.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _library import ROOT
from _measure import HERE, BenchmarkError, call, machine, parser, run, show, show_json
from _song_steps import FILES
from mathrock.transcription.basic_pitch import bundled_model
from mathrock.transcription.basic_pitch_graph import rewrite_model

COLUMNS = ["", "processes", "seconds", "CPU s", "peak MB", "songs an hour and core"]
NOTES = "Snakemake's own part is not in it: some 0.1 s a job, see dag.py."


def main() -> None:
    options = parser(__doc__)
    hint = "recordings, by default those of the demo (`make demo`)"
    options.add_argument("files", nargs="*", metavar="FILE", help=hint)
    given = options.parse_args()
    files = given.files or sorted(map(str, (ROOT / "data/demo").glob("*/*.mp3")))
    if not files:
        raise BenchmarkError("there are no demo songs: `make demo` records them, or name files")
    facts = machine(["onnxruntime", "numpy"])
    with TemporaryDirectory() as folder:
        listener = Path(folder, "listener.onnx")
        rewrite_model(bundled_model(), listener)
        songs = [f"{number}={file}" for number, file in enumerate(files)]
        batches = {"a process a song": [[song] for song in songs], "one for all songs": [songs]}
        rows = [
            {"way": way} | measure(Path(folder, way), listener, batch, len(files))
            for way, batch in batches.items()
        ]
        check_equal(*(Path(folder, way) for way in batches))
    if given.json:
        show_json({"machine": facts, "songs": len(files), "ways": rows})
    else:
        show(facts, [f"{len(files)} songs", *COLUMNS[1:]], [list(r.values()) for r in rows], NOTES)


def measure(folder: Path, listener: Path, batches: list[list[str]], songs: int) -> dict:
    command = [sys.executable, HERE / "_song_steps.py"]
    runs = [
        run([*command, step, folder, listener, *batch], cores=1)[0]
        for batch in batches
        for step in FILES
    ]
    wall, cpu = (sum(found[name] for found in runs) for name in ("wall_s", "cpu_s"))
    return {
        "processes": len(runs),
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "peak_mb": round(max(found["peak_mb"] for found in runs)),
        "songs_per_hour_and_core": round(3600 * songs / cpu),
    }


def check_equal(one: Path, other: Path) -> None:
    for path in one.rglob("*.*"):
        if path.read_bytes() != (other / path.relative_to(one)).read_bytes():
            raise BenchmarkError(f"{path.relative_to(one)} differs between the two ways")


if __name__ == "__main__":
    call(main)
