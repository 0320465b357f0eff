"""How long should a training crop be, and how much of a song should a model hear before a take?

ROLLS are piano rolls of the workflow, results/rolls/*.npy. For each length of crop a model is
trained for the same time on the first 85% of every song and scored on the rest. Each model is then
asked for steps of the held-out ends once more, having heard only so many seconds before them: what
the snippet of a take can give it.
"""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import _library  # noqa: F401
import packing
from _measure import BenchmarkError, call, machine, parser, show, show_json
from _models import MODELS, configured, trained
from mathrock.dataset.sequences import Sequences
from mathrock.training.likelihood import evaluate, nats_per_step
from mathrock.training.trainer import best_epoch

RATE = 16  # steps per second of the rolls, as in config.yaml
BATCH_SECONDS = 32  # of crops in a batch whatever their length, so that nothing else differs
HELD_OUT = 0.15
SCORED = 4  # seconds that are scored after a history
HISTORIES = [1, 2, 4, 8, 16, 32]  # seconds


def main() -> None:
    options = parser(__doc__)
    options.add_argument("rolls", nargs="+", metavar="ROLL")
    options.add_argument("--model", choices=MODELS, default="chords")
    options.add_argument("--minutes", type=float, default=5, help="of training for each length")
    options.add_argument("--lengths", type=float, nargs="+", default=[4, 8, 16, 32], metavar="S")
    given = options.parse_args()
    facts = machine(["keras", keras.backend.backend(), "numpy"])
    rows = []
    for length in given.lengths:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(given, length, Path(folder)))
    if given.json:
        show_json({"machine": facts, "model": given.model, "lengths": rows})
        return
    headers = ["crop s", "epochs", "nats per step", *(f"after {s} s" for s in HISTORIES)]
    table = [
        [row["crop_s"], row["epochs"], row["nats_per_step"], *row["after"].values()] for row in rows
    ]
    notes = (
        f"{given.model}, {given.minutes:g} min of training each. Nats per step of the held-out"
        f" ends, which chose the epoch too: with the whole song before, and {SCORED} s at a time"
        " with so much before."
    )
    show(facts, headers, table, notes)


def measure(given, length: float, folder: Path) -> dict:
    """Train with crops of `length` seconds; score the held-out ends."""
    songs = {Path(roll).stem: (roll, "none") for roll in given.rolls}
    packed = pack(songs, folder / "songs", length)
    sizes, knobs = configured(given.model)
    knobs |= {"epochs": 100_000, "patience": 100_000, "minutes": given.minutes}
    knobs["batch"] = max(1, round(BATCH_SECONDS / length))
    label = f"{length:g} s: "
    checkpoints = folder / "checkpoints"
    model, history = trained(given.model, sizes, knobs, packed, checkpoints, label)
    return {
        "crop_s": length,
        "epochs": len(history),
        "best_epoch": best_epoch(history),
        "nats_per_step": nats_per_step(evaluate(model, packed, "valid", 6)),
        "after": {
            f"{seconds}": nats_per_step(
                evaluate(model, glimpses(packed, folder, seconds), "valid", 32)
            )
            for seconds in HISTORIES
        },
    }


def pack(songs: dict, folder: Path, length: float) -> Sequences:
    splits = dict.fromkeys(songs, "train")  # no valid song: the ends are held out
    packing.pack(songs, folder, RATE, length, length / 2, valid=HELD_OUT, splits=splits)
    return Sequences(folder)


def glimpses(packed: Sequences, folder: Path, seconds: float) -> Sequences:
    """Each `SCORED` seconds of the held-out ends as songs that begin `seconds` before."""
    folder = folder / f"after-{seconds}"
    folder.mkdir()
    cuts = {}
    for span in packed.split("valid"):
        for first in range(span.first, span.first + span.steps - SCORED * RATE, SCORED * RATE):
            begins = first - max(HISTORIES) * RATE
            if begins >= span.song_first:  # the same places for every history
                steps = round((seconds + SCORED) * RATE)
                path = folder / f"{first}.npy"
                np.save(path, packed.read(first - round(seconds * RATE), steps))
                cuts[f"{first}"] = (path, "none")
    if len(cuts) < 2:
        raise BenchmarkError(
            f"the songs are too short: no end of one has {max(HISTORIES)} s before"
        )
    packing.pack(
        cuts,
        folder,
        RATE,
        least_seconds=1,
        splits={**dict.fromkeys(cuts, "valid"), min(cuts): "train"},
    )
    glimpsed = Sequences(folder)
    glimpsed.spans = [
        replace(span, split="valid", first=span.first + round(seconds * RATE), steps=SCORED * RATE)
        for span in glimpsed.spans
    ]
    return glimpsed


if __name__ == "__main__":
    call(main)
