"""Continue a song with an LSTM: the project's stepper beside the notebook's loop.

The notebook calls Keras' `predict` on the whole window for each new step. Imports, building the
models and, for the notebook, a first call that makes Keras' graph are not counted.
"""

import os
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import yaml

from _library import ROOT
from _measure import at_least_1, call, machine, parser, show, show_json
from mathrock import pianoroll
from mathrock.composer import compose
from mathrock.lstm import Stepper, build_model
from mathrock.measures import measure
from mathrock.sampling import Sampling, continue_song
from mathrock.takes import SAMPLING_KNOBS

PACKAGES = ["keras", "tensorflow", "numpy"]
PIECE = "seven-lanterns"  # whose snippet is continued
WINDOW = 1100  # steps of the snippet, and that the notebook's model looks back on
NOTEBOOK_PITCHES = 127
COLUMNS = ["", "steps", "process s", "wall s", "steps measured", "wall ms a step"]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=20, help="of new song")
    options.add_argument("--steps-per-second", type=float, default=220)
    options.add_argument("--units", type=at_least_1, default=56, help="size of the LSTM")
    hint = "measure so many steps of the notebook's loop and extrapolate; 0: measure all"
    options.add_argument("--notebook-steps", type=int, default=30, metavar="N", help=hint)
    given = options.parse_args()
    steps = max(1, round(given.seconds * given.steps_per_second))
    facts = machine(PACKAGES)
    notebook_steps = min(given.notebook_steps, steps) or steps
    results = {
        "ours": timed(stepper_loop(given.steps_per_second, given.units), steps, steps),
        "notebook": timed(notebook_loop(given.units), notebook_steps, steps),
    }
    ratio = round(results["notebook"]["process_s"] / results["ours"]["process_s"], 1)
    if given.json:
        show_json({"machine": facts, "steps": steps, **results, "ratio": ratio})
        return
    rows = [
        [name, steps, *used.values(), 1000 * used["wall_s"] / steps]
        for name, used in results.items()
    ]
    legend = f"{ratio:g} times as fast, by process time"
    if notebook_steps < steps:
        legend += f"; the notebook's seconds are extrapolated from {notebook_steps} steps"
    show(facts, COLUMNS, rows, legend)


def timed(loop: Callable[[int], None], measured: int, steps: int) -> dict:
    """Process (CPU) and wall-clock seconds of `steps` steps, judged by the first `measured`."""
    process, wall = time.process_time(), time.perf_counter()
    loop(measured)
    process, wall = time.process_time() - process, time.perf_counter() - wall
    return {
        "process_s": round(process * steps / measured, 3),
        "wall_s": round(wall * steps / measured, 3),
        "steps_measured": measured,
    }


def stepper_loop(rate: float, units: int) -> Callable[[int], None]:
    """Our generation with the settings of config.yaml, from an untrained model.

    The model is biased to the piece's own frequencies, so that about as many notes sound.
    """
    roll = pianoroll.encode(compose(PIECE).pitched_notes, rate)
    frequencies = (roll.sum(axis=0) + 0.5) / (len(roll) + 1)
    model = build_model(units, frequencies=frequencies)
    knobs = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["generate"]
    sampling = Sampling(
        **{knob: knobs[knob] for knob in SAMPLING_KNOBS},
        notes_per_second=knobs["density"] * measure(roll, rate)["notes_per_second"],
    )

    def loop(steps: int) -> None:
        rng = np.random.default_rng(knobs["seed"])
        continue_song(Stepper(model), roll[:WINDOW], steps, rate, sampling, rng)

    return loop


def notebook_loop(units: int) -> Callable[[int], None]:
    """The notebook's way: the window goes through the whole model for every step, then shifts."""
    layers = [
        keras.Input((WINDOW, NOTEBOOK_PITCHES)),
        keras.layers.LSTM(units),
        keras.layers.Dense(NOTEBOOK_PITCHES, activation="sigmoid"),
    ]
    model = keras.Sequential(layers)
    rng = np.random.default_rng(0)
    window = (rng.random((WINDOW, NOTEBOOK_PITCHES)) < 0.03).astype(np.float32)
    model.predict(window[None], verbose=0)  # traces the graph

    def loop(steps: int) -> None:
        for _ in range(steps):
            chances = model.predict(window[None], verbose=0)[0]
            window[:-1] = window[1:]
            window[-1] = rng.random(NOTEBOOK_PITCHES) < chances

    return loop


if __name__ == "__main__":
    call(main)
