"""Train the VAE on a public set of piano rolls and measure its space on the test songs.

DATASET is one of the sets of Boulanger-Lewandowski et al. (2012), as .mat or as .pickle. As they
tell no onsets, a pitch's first step is taken for one. Beside it `chords` may learn the same steps:
its likelihood is exact, the VAE's an importance-weighted bound.
"""

import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from _measure import call, machine, parser, show, show_json
from _models import trained
from likelihood import choose_preset, pack
from mathrock.dataset.sequences import Sequences
from mathrock.latent.metrics import Meter
from mathrock.latent.quality import reconstruction, seams, smoothness
from mathrock.latent.windows import Windows
from mathrock.training.likelihood import evaluate, nats_per_step

ENDLESS = {"epochs": 100_000, "patience": 100_000}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("dataset", metavar="DATASET", help="a .mat, .pickle or .pkl file")
    options.add_argument("--minutes", type=float, default=40, help="of training; 40 without it")
    hint = "of training `chords`; 0: leave it out"
    options.add_argument("--beside-minutes", type=float, default=0, help=hint)
    options.add_argument("--samples", type=int, default=64, help="of z a window, for the bound")
    options.add_argument("--preset", help="of presets.yaml; without it the set's name decides")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    facts = machine(["keras", keras.backend.backend(), "numpy"])
    name, preset = choose_preset(Path(given.dataset), given.preset)
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(given.dataset, Path(folder), preset["sequences"], with_onsets=True)
        result = {"dataset": Path(given.dataset).name, "preset": name}
        result |= measure(packed, Path(folder), preset["vae"], given)
        if given.beside_minutes:
            knobs = preset["chords"]["training"] | ENDLESS
            knobs |= {"minutes": given.beside_minutes, "seed": given.seed}
            sizes = preset["chords"]["sizes"]
            model, _ = trained("chords", sizes, knobs, packed, Path(folder) / "beside", "chords: ")
            scores = evaluate(model, packed, "test", knobs["batch"])
            result["chords_nats_per_step"] = nats_per_step(scores)
    if given.json:
        show_json({"machine": facts, **result})
    else:
        print_result(facts, result)


def measure(packed: Sequences, folder: Path, preset: dict, given) -> dict:
    """Train within the minutes; the measures of the test split."""
    sizes, knobs = preset["sizes"], preset["training"] | ENDLESS
    knobs |= {"minutes": given.minutes, "seed": given.seed}
    began = time.monotonic()
    model, history = trained("vae", sizes, knobs, packed, folder / "vae", "vae: ")
    seconds = time.monotonic() - began
    windows = Windows(packed, sizes["bars"], sizes["seconds"])
    meter = Meter(model, packed, windows, model.get_layer("decoder").history, 64)
    _, shown = meter.objective("test")
    return {
        "reconstruction": reconstruction(meter, "test", most=10_000),
        "reconstruction_nats_per_step": shown["reconstruction"],
        "kl": shown["kl"],
        "active": shown["active"],
        "bound_nats_per_step": nats_per_step(meter.bound("test", given.samples)),
        "interpolation": smoothness(meter, "test"),
        "ends": seams(meter, "test"),
        "windows": len(windows.tiles("test")),
        "window_steps": windows.steps,
        "parameters": model.count_params(),
        "epochs": len(history),
        "training_s": round(seconds, 1),
        "settings": {"sizes": sizes, "training": knobs},
    }


def print_result(facts: dict, result: dict) -> None:
    back, between, ends = (result[name] for name in ("reconstruction", "interpolation", "ends"))
    rows = [
        ["steps right, teacher-forced", back["teacher_forced"]],
        ["steps right, sampled", back["sampled"]],
        ["note onset F1, sampled", back["onset_f1"]],
        ["reconstruction, nats a step", result["reconstruction_nats_per_step"]],
        ["KL, nats a window", result["kl"]],
        ["active units", result["active"]],
        ["nats a step, at most", result["bound_nats_per_step"]],
    ]
    if "chords_nats_per_step" in result:
        rows.append(["nats a step, chords", result["chords_nats_per_step"]])
    words = {"ours": "a way through the space", "mixed": "rolls mixed", "cut": "rolls cut over"}
    for name, change in (between or {}).items():
        rows.append([f"notes changing a step, {words[name]}: mean", change["mean"]])
        rows.append([f"notes changing a step, {words[name]}: largest", change["largest"]])
    rows += [[f"notes ending, {name.replace('_', ' ')}", share] for name, share in ends.items()]
    notes = (
        f"{result['windows']} windows of at most {result['window_steps']} steps;"
        f" {result['parameters']} parameters, {result['epochs']} epochs in"
        f" {result['training_s'] / 60:.1f} min."
    )
    show(facts, [result["dataset"], ""], rows, notes)


if __name__ == "__main__":
    call(main)
