"""Continue a song on one core: both models' steppers beside the notebook's loop.

The notebook calls Keras' `predict` on the whole window for each new step. Imports, building the
models and, for the notebook, a first call that makes Keras' graph are not counted.
"""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

if hasattr(os, "sched_setaffinity"):  # not on a Mac; before anything counts the cores
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import yaml

from _library import ROOT
from _measure import at_least_1, call, machine, parser, show, show_json
from _models import STEPPERS, configured, trained
from mathrock.dataset import index
from mathrock.dataset.sequences import Sequences
from mathrock.demo.math_rock import compose
from mathrock.generation.guidance import Guided
from mathrock.generation.sampling import Sampling, continue_song
from mathrock.pianoroll import encoding
from mathrock.pianoroll.planes import ONSET, PLANES
from mathrock.pianoroll.statistics import measure

PACKAGES = ["keras", "tensorflow", "numpy"]
PIECE = "seven-lanterns"  # whose snippet is continued
RATES = {"lstm": 220, "chords": 16}  # steps a second; the notebook's is the lstm's
SNIPPET_SECONDS = 5
NOTEBOOK_WINDOW = 1100  # steps that the notebook's model looks back on
NOTEBOOK_PITCHES = 127
COLUMNS = ["", "steps/s", "songs", "steps", "notes/s", "process s", "wall s", "x real time"]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=20, help="of new song")
    hint = "let the models learn for so long first, so that they draw what they would draw"
    options.add_argument("--train-minutes", type=float, default=0.5, metavar="M", help=hint)
    hint = "continue the snippet N times at once, in one batch; the notebook's loop does it once"
    options.add_argument("--takes", type=at_least_1, default=1, metavar="N", help=hint)
    hint = "measure so many steps of the notebook's loop and extrapolate; 0: measure all"
    options.add_argument("--notebook-steps", type=int, default=30, metavar="N", help=hint)
    given = options.parse_args()
    facts = machine(PACKAGES)
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    results = {
        name: time_stepper(name, config["generate"], rate, given) for name, rate in RATES.items()
    }
    results["notebook"] = time_notebook(config["models"]["lstm"]["units"], given)
    ratio = results["lstm"]["times_real_time"] / results["notebook"]["times_real_time"]
    if given.json:
        show_json({"machine": facts, **results, "ratio": round(ratio, 1)})
        return
    rows = [[name, *measured.values()] for name, measured in results.items()]
    legend = f"The lstm is {ratio:.4g} times as fast as the notebook's loop"
    if given.notebook_steps:
        legend += f", whose seconds are extrapolated from {given.notebook_steps} steps"
    show(facts, COLUMNS, rows, f"{legend}. Real time is by process time.")


def time_stepper(name: str, knobs: dict, rate: int, given) -> dict:
    """Our generation with the settings of config.yaml."""
    roll = encoding.encode(compose(PIECE).pitched_notes, rate)[:, :, : len(PLANES)] > 0
    sampling = Sampling(
        **{field.name: knobs[field.name] for field in fields(Sampling) if field.name in knobs}
        | {"pitch_classes": ()},
        notes_per_second=knobs["density"] * measure(roll, rate)["notes_per_second"],
    )
    model = learned(name, roll, rate, given.train_minutes)
    stepper = STEPPERS[name](model, takes=given.takes)
    rngs = [np.random.default_rng([knobs["seed"], take]) for take in range(given.takes)]
    untold = np.zeros((1, model.input["style"].shape[-1]), np.float32)
    stepper = Guided(stepper, untold, np.ones(1))
    snippet, steps = roll[: SNIPPET_SECONDS * rate], max(1, round(given.seconds * rate))
    made = {}

    def loop() -> None:
        made["rolls"], _ = continue_song(stepper, snippet, steps, rate, sampling, rngs)

    process, wall = timed(loop)
    notes = made["rolls"][:, len(snippet) :, :, ONSET].sum() / given.takes / given.seconds
    return measures(rate, given.takes, steps, notes, process, wall, given.seconds)


def learned(name: str, roll: np.ndarray, rate: int, minutes: float) -> keras.Model:
    """The model that config.yaml describes, after some minutes of learning the one song."""
    sizes, knobs = configured(name)
    knobs |= {"epochs": 100_000, "patience": 100_000, "minutes": minutes, "batch": 4}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roll.npy")
        np.save(path, roll)
        index.pack({PIECE: (path, "none")}, folder, rate, splits={PIECE: "train"})
        return trained(name, sizes, knobs, Sequences(folder), Path(folder, "checkpoints"))[0]


def time_notebook(units: int, given) -> dict:
    """The notebook's way: the window goes through the whole model for every step, then shifts."""
    layers = [
        keras.Input((NOTEBOOK_WINDOW, NOTEBOOK_PITCHES)),
        keras.layers.LSTM(units),
        keras.layers.Dense(NOTEBOOK_PITCHES, activation="sigmoid"),
    ]
    model = keras.Sequential(layers)
    rng = np.random.default_rng(0)
    window = (rng.random((NOTEBOOK_WINDOW, NOTEBOOK_PITCHES)) < 0.03).astype(np.float32)
    model.predict(window[None], verbose=0)  # traces the graph
    rate = RATES["lstm"]
    steps = max(1, round(given.seconds * rate))
    measured = min(given.notebook_steps, steps) or steps

    def loop() -> None:
        for _ in range(measured):
            chances = model.predict(window[None], verbose=0)[0]
            window[:-1] = window[1:]
            window[-1] = rng.random(NOTEBOOK_PITCHES) < chances

    process, wall = (seconds * steps / measured for seconds in timed(loop))
    return measures(rate, 1, steps, None, process, wall, given.seconds)


def timed(loop: Callable[[], None]) -> tuple[float, float]:
    """Process (CPU) and wall-clock seconds."""
    process, wall = time.process_time(), time.perf_counter()
    loop()
    return time.process_time() - process, time.perf_counter() - wall


def measures(
    rate: int,
    songs: int,
    steps: int,
    notes: float | None,
    process: float,
    wall: float,
    seconds: float,
) -> dict:
    return {
        "steps_per_second": rate,
        "songs": songs,
        "steps": steps,
        "notes_per_second": notes if notes is None else round(float(notes), 2),
        "process_s": round(process, 3),
        "wall_s": round(wall, 3),
        "times_real_time": round(songs * seconds / process, 3),
    }


if __name__ == "__main__":
    call(main)
