"""How long should a training crop be, and how much of a song should a model hear before a take?

ROLLS are piano rolls of the workflow, results/rolls/*.npy. For each length of crop a model is
trained for the same time on the first 85% of every song and scored on the rest. Each model is then
asked for steps of the held-out ends once more, having heard only so many seconds before them: what
the snippet of a take can give it.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import yaml

from _library import ROOT
from _measure import call, machine, parser, show, show_json
from mathrock import chords, experiment, lstm, sequences
from mathrock.evaluation import evaluate, nats_per_step
from mathrock.sequences import Sequences
from mathrock.training import Training, best_epoch, train

MODELS = {"chords": chords.build_model, "lstm": lstm.build_model}
RATE = 16  # steps per second of the rolls, as in config.yaml
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
    experiment.limit_threads(len(os.sched_getaffinity(0)))
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
        f" ends: with the whole song before, and {SCORED} s at a time with so much before."
    )
    show(facts, headers, table, notes)


def measure(given, length: float, folder: Path) -> dict:
    """Train with crops of `length` seconds; score the held-out ends."""
    songs = {Path(roll).stem: (roll, "none") for roll in given.rolls}
    packed = pack(songs, folder / "songs", length)
    knobs = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    knobs = knobs["models"][given.model] | {"epochs": 100_000, "patience": 100_000}
    # As many steps a batch whatever the length, so that lengths differ in nothing else.
    batch = max(1, round(knobs["batch"] * 8 / length))
    engine = {k: v for k, v in knobs.items() if k in Training.__dataclass_fields__}
    sizes = {k: v for k, v in knobs.items() if k not in engine}
    training = Training(**engine | {"batch": batch, "minutes": given.minutes})
    build = lambda music: MODELS[given.model](music, **sizes)  # noqa: E731
    tell = lambda line: print(f"{length:g} s: {line}", file=sys.stderr, flush=True)  # noqa: E731
    model, history = train(packed, build, training, folder / "checkpoints", "", tell=tell)
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
    sequences.pack(songs, folder, RATE, length, length / 2, valid=HELD_OUT, splits=splits)
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
    sequences.pack(
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
