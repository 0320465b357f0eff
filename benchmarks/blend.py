"""Does a take with more of a genre sound more like it, and one with more of an attribute have more?

The models learn the demo's songs of two genres, their true notes, but a few of each that are held
back. A logistic regression learns to tell the genres by windows of the songs that the models learn
from; how often it is right is told of windows of the songs held back. Then takes continue these
with each weight of the second genre, and the regression says how likely they are to be of it.
"""

import argparse
import itertools
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import _library  # noqa: F401
import packing
from _library import ROOT
from _measure import at_least_1, call, machine, parser, show, show_json
from _models import BUILT_BY, configured, stepper, trained
from mathrock.config.settings import nominal_rate, read_settings
from mathrock.dataset.sequences import Sequences
from mathrock.demo import songs
from mathrock.files.json_files import read_json
from mathrock.generation.take import make_take, takes_at_once
from mathrock.generation.take_settings import TakeSettings
from mathrock.latent.metrics import Meter
from mathrock.latent.paths import stepper_for
from mathrock.latent.summary import summarize
from mathrock.latent.windows import Windows
from mathrock.music.bars import from_rows
from mathrock.music.beat_confidence import beat_facts
from mathrock.pianoroll.attributes import ATTRIBUTES, attributes_of
from mathrock.pianoroll.encoding import save
from mathrock.pianoroll.metrical_position import IN_BARS, metrical_positions
from mathrock.pianoroll.planes import ONSET, PLANES, SOUNDING
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.songs.key_table import SongKey, write_keys
from mathrock.songs.status import Status

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the second genre
AMOUNTS = (-1, 0, 1)  # of an attribute
HELD_BACK = 2  # songs of each genre
WINDOW, HOP = 8, 2  # seconds that are told apart
PACKAGES = ["keras", "numpy", "scikit-learn"]
GAPS = np.array([0.09, 0.16, 0.22, 0.3, 0.45, 1.0])  # seconds between onsets


def main() -> None:
    given = _options().parse_args()
    facts = machine([*PACKAGES, keras.backend.backend()])
    settings = read_settings({}, ROOT / "workflow/schemas/config.schema.yaml")
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(Path(folder), settings)
        judge, right = told_apart(packed)
        rows = [
            measure(name, packed, judge, settings, given, Path(folder)) for name in given.models
        ]
    result = {"genres": packed.genres, "told_apart": right, "models": rows}
    if given.json:
        show_json({"machine": facts, **result})
        return
    first, second = packed.genres
    headers = ["", *(f"{second} {weight:g}" for weight in WEIGHTS), "rises"]
    table = [[row["model"], *row["like_second"], "yes" if row["rises"] else "no"] for row in rows]
    notes = (
        f"Mean probability of {second} of windows of {WINDOW} s of the takes, by the weight of"
        f" {second} beside {first}. {right:.0%} of the windows of songs held back are told right."
    )
    show(facts, headers, table, notes)
    headers = ["", "attribute", *map(str, AMOUNTS)]
    rows = [[row["model"], name, *row["attributes"][name]] for row in rows for name in ATTRIBUTES]
    print()
    show(facts, headers, rows, "Mean of each attribute of takes by how much of it they ask for.")


def _options() -> argparse.ArgumentParser:
    options = parser(__doc__)
    options.add_argument("--models", nargs="+", choices=BUILT_BY, default=[*BUILT_BY])
    limit = options.add_mutually_exclusive_group()
    limit.add_argument("--minutes", type=float, help="of each training, however many epochs")
    limit.add_argument("--epochs", type=at_least_1, help="instead of those in config.yaml")
    hint = "continuations of each song held back, for each weight and amount"
    options.add_argument("--variations", type=at_least_1, default=2, metavar="N", help=hint)
    options.add_argument("--seconds", type=float, default=24, help="of each take")
    return options


def pack(folder: Path, settings: dict) -> Sequences:
    """Both genres' demo songs, the last of each held back, without audio between."""
    rolls, grids, splits = {}, {}, {}
    for genre in sorted({*songs.GENRES.values()}):
        pieces = [piece for piece, of in songs.GENRES.items() if of == genre]
        for number, piece in enumerate(pieces, start=1):
            score = songs.compose(piece)
            status = Status(piece, f"{piece}.mid", facts=beat_facts(score))
            roll, status = encode_song(score, status, **settings["grid"])
            rolls[piece], grids[piece] = (folder / f"{piece}.npy", genre), status.facts["grid"]
            splits[piece] = "test" if number > len(pieces) - HELD_BACK else "train"
            save(rolls[piece][0], roll)
    knobs, rate = settings["sequences"], nominal_rate(settings["grid"])
    packing.pack(rolls, folder / "songs", rate, **knobs, splits=splits, grids=grids)
    write_keys(folder / "keys.tsv", dict.fromkeys(rolls, SongKey()))
    return Sequences(folder / "songs")


def told_apart(packed: Sequences) -> tuple[Pipeline, float]:
    """A regression that tells the second genre from the first, and how often it is right."""
    judge = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    heard = {}
    for split in ("train", "test"):
        windows = [
            (features, packed.genres.index(span.genre))
            for span in packed.split(split)
            for features in described(packed.read(span.first, span.steps), packed.rate(span.song))
        ]
        heard[split] = [np.array(column) for column in zip(*windows, strict=True)]
    judge.fit(*heard["train"])
    return judge, float(judge.score(*heard["test"]))


def described(roll: np.ndarray, rate: float) -> list[np.ndarray]:
    """What each window of a roll, bool (steps, 128, 2), is like, in ways that transposing it leaves
    alone: melodic and harmonic intervals, time between onsets, notes a second, notes at once."""
    steps, hop = round(WINDOW * rate), round(HOP * rate)
    return [
        _features(roll[first : first + steps], rate)
        for first in range(0, max(1, len(roll) - steps + 1), hop)
    ]


def _features(roll: np.ndarray, rate: float) -> np.ndarray:
    struck = roll[:, :, ONSET]
    times = np.flatnonzero(struck.any(axis=1))
    tops = [np.flatnonzero(struck[time])[-1] for time in times]
    lows = [np.flatnonzero(struck[time])[0] for time in times]
    chords = [np.flatnonzero(struck[time]) for time in times]
    within = [int(b - a) for chord in chords for a, b in itertools.combinations(chord, 2)]
    gaps = np.searchsorted(GAPS, np.diff(times) / rate)
    return np.concatenate(
        [
            _shares(np.abs(np.diff(tops)), 13),
            _shares(np.abs(np.diff(lows)), 13),
            _shares(np.array(within, np.int64) % 12, 12),
            _shares(gaps, len(GAPS) + 1),
            [struck.sum() * rate / len(roll), roll[:, :, SOUNDING].sum(axis=1).mean()],
        ]
    )


def _shares(numbers: np.ndarray, kinds: int) -> np.ndarray:
    """How often each number from 0 on occurs, as shares; the last stands for all above it."""
    counts = np.bincount(np.minimum(numbers, kinds - 1).astype(np.int64), minlength=kinds)
    return counts / max(1, len(numbers))


def measure(name: str, packed: Sequences, judge, settings: dict, given, folder: Path) -> dict:
    """Train a model; judge its takes by weight, and measure them by amount."""
    sizes, knobs = configured(name)
    if given.epochs:
        knobs["epochs"] = given.epochs
    if given.minutes:
        knobs |= {"epochs": 100_000, "patience": 100_000, "minutes": given.minutes}
    model, history = trained(name, sizes, knobs, packed, folder / name, f"{name}: ")
    stepper_for = steppers(name, model, packed, sizes, knobs["batch"])

    def takes(**asked) -> list[tuple[np.ndarray, float, np.ndarray]]:
        return list(continued(stepper_for, packed, settings["generate"] | asked, given, folder))

    first, second = packed.genres
    likeness = []
    for weight in WEIGHTS:
        made = takes(blend={first: 1 - weight, second: weight})
        windows = [window for roll, rate, _ in made for window in described(roll, rate)]
        likeness.append(round(float(judge.predict_proba(windows)[:, 1].mean()), 3))
    measured = {attribute: [] for attribute in ATTRIBUTES}
    for number, attribute in enumerate(ATTRIBUTES):
        for amount in AMOUNTS:
            made = takes(attributes={attribute: amount})
            found = [attributes_of(*take)[number] for take in made]
            measured[attribute].append(round(float(np.nanmean(found)), 3))
    return {
        "model": name,
        "epochs": len(history),
        "valid_nats_per_step": min(row["valid"] for row in history),
        "like_second": likeness,
        "rises": bool((np.diff(likeness) > 0).all()),
        "attributes": measured,
    }


def steppers(name: str, model: keras.Model, packed: Sequences, sizes: dict, batch: int):
    """A function of a take's settings and its start: the model as `make_take` wants it."""
    if name != "vae":
        return lambda asked, start: stepper(name, model, takes_at_once(asked))
    windows = Windows(packed, sizes["bars"], sizes["seconds"])
    meter = Meter(model, packed, windows, model.get_layer("decoder").history, batch)
    latents = summarize(meter, packed, windows)
    return lambda asked, start: stepper_for(asked, start, model, latents)


def continued(stepper_for: Callable, packed: Sequences, knobs: dict, given, folder: Path):
    """The new part of takes after the songs held back: (roll, steps a second, places) of each."""
    inputs = Files([folder / "songs" / "index.json"], folder / "keys.tsv")
    outputs = SimpleNamespace(roll=folder / "take.npy", made=folder / "take.json")
    for song in (span.song for span in packed.split("test")):
        knobs = knobs | {"song": song, "variations": given.variations, "seconds": given.seconds}
        asked = TakeSettings.from_params({k: v for k, v in knobs.items() if k != "model"})
        make_take("take", partial(stepper_for, asked), asked, {}, inputs, outputs)
        made = read_json(outputs.made)
        rolls = np.load(outputs.roll)[..., : len(PLANES)] > 0
        places = metrical_positions(IN_BARS, from_rows(made["bars"]), 0, rolls.shape[-3])
        for roll in rolls.reshape(-1, *rolls.shape[-3:]):
            new = slice(made["snippet_steps"], None)
            yield roll[new], made["steps_per_second"], places[new]


class Files(list):
    """A take's inputs as Snakemake hands them over: a list with names."""

    def __init__(self, packed: list[Path], keys: Path):
        super().__init__([*packed, keys])
        self.sequences, self.found_keys = packed, keys


if __name__ == "__main__":
    call(main)
