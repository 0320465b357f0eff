"""Estimate what the settings ask of a machine; refuse before any job what can't be done.

The memory of trainings was measured, and of effects: an estimate is right within a factor of 2.
What drawing and the disk need is reckoned from sizes. Time needs no estimate: within the schema's
bounds takes are drawn in months at most, and how long a training takes the songs decide.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import psutil

from mathrock.config.errors import SettingsError
from mathrock.config.experiments import Experiment
from mathrock.config.model_sizes import size_of
from mathrock.config.settings import nominal_rate
from mathrock.config.take import Take
from mathrock.files.limits import MAX_MADE_TRACKS, MAX_TRAININGS

PROCESS = 0.8e9  # bytes of a job that has imported Keras
PER_WEIGHT = 32  # bytes: the weight, its gradient, Adam's moments, the average, copies
PER_NUMBER = 4  # bytes of what training keeps for backpropagation
PER_STEP = 2500  # bytes of a step of a variation while it is drawn
PER_SOUND = 2.7e6  # bytes of a second of a track while effects are applied
PER_TRACK = 1e6  # bytes of a second of a track on the disk: wav, stems, mp3, the page's copies
LARGEST = 4e12, 1e15  # bytes of memory and disk, where jobs run on other machines
OF_A_GPU = 200e9


class Machine(NamedTuple):
    """A machine that runs jobs: bytes of memory and of the disk that holds the results."""

    memory: float
    disk: float
    name: str = "this machine"


def this_machine() -> Machine:
    """Measure this machine; its GPUs' memory counts, as trainings use it."""
    memory = psutil.virtual_memory().total
    limit = Path("/sys/fs/cgroup/memory.max")  # of a container
    if limit.exists() and (most := limit.read_text().strip()).isdigit():
        memory = min(memory, int(most))
    gpus = len([*Path("/proc/driver/nvidia/gpus").glob("*")])
    return Machine(memory + gpus * OF_A_GPU, shutil.disk_usage(".").total)


ANY_MACHINE = Machine(*LARGEST, "any machine")


def check_estimates(
    settings: Mapping,
    takes: Mapping[str, Take],
    experiments: Mapping[str, Experiment],
    machine: Machine,
) -> None:
    """Check that the machine can do what the settings ask for.

    Raises:
        SettingsError: there is too much to do, or too little memory or disk for it, with the
            numbers and the setting to lower.
    """
    for model in sorted({model for take in takes.values() for model in take.models}):
        _check_training(f"models.{model}", model, settings["models"][model], settings, machine)
    for name, experiment in experiments.items():
        for (model, setting), knobs in experiment.knobs.items():
            place = f"experiments.{name}.settings.{setting}: {model}"
            _check_training(place, model, knobs, settings, machine)
    trainings = sum(len(one.knobs) * len(one.seeds) for one in experiments.values())
    if trainings > MAX_TRAININGS:
        raise SettingsError(
            f"experiments: {trainings:,} trainings are more than {MAX_TRAININGS:,}: lower the"
            " number of settings or seeds"
        )
    _check_takes(takes, settings, machine)


def _check_training(
    place: str, model: str, knobs: Mapping, settings: Mapping, machine: Machine
) -> None:
    """Check the memory of a training."""
    crops = settings["sequences"]
    seconds = crops["window_seconds"] + crops["history_seconds"]
    size = size_of(model, knobs, settings["grid"], seconds)
    if size is None:
        return
    weights = PER_WEIGHT * size.weights
    batch = PER_NUMBER * knobs["batch"] * size.steps * size.kept
    if PROCESS + weights + batch <= machine.memory:
        return
    if weights > batch:
        layers = f" in {knobs['layers']} layers" if knobs.get("layers", 1) > 1 else ""
        raise SettingsError(
            f"{place}: {knobs['units']} units{layers} are {size.weights:,} weights, about"
            f" {_gb(weights)} in training; {_has(machine)}: lower units or layers"
        )
    raise SettingsError(
        f"{place}: batches of {knobs['batch']} with {size.steps:,} steps each are about"
        f" {_gb(batch)} in training; {_has(machine)}: lower batch, the seconds of windows, units,"
        " or steps a second"
    )


def _check_takes(takes: Mapping[str, Take], settings: Mapping, machine: Machine) -> None:
    """Check the number of tracks, their memory, and the disk that they fill."""
    tracks = sum(take.settings.variations * len(take.models) for take in takes.values())
    if tracks > MAX_MADE_TRACKS:
        raise SettingsError(
            f"takes: {tracks:,} tracks are more than {MAX_MADE_TRACKS:,}: lower the number of takes"
            " or of their models or variations"
        )
    rate = nominal_rate(settings["grid"])
    for name, take in takes.items():
        own = take.settings
        seconds = own.seconds + own.snippet_seconds
        drawn = PROCESS + PER_STEP * own.variations * seconds * rate
        if drawn > machine.memory:
            raise SettingsError(
                f"takes.{name}: {own.variations} variations of {seconds * rate:,.0f} steps need"
                f" about {_gb(drawn)}; {_has(machine)}: lower variations or seconds"
            )
        sound = PER_SOUND * _heard(take)
        if sound > machine.memory:
            raise SettingsError(
                f"takes.{name}: the effects of {_heard(take):,.0f} seconds need about {_gb(sound)};"
                f" {_has(machine)}: lower seconds"
            )
    disk = PER_TRACK * sum(
        _heard(take) * take.settings.variations * len(take.models) for take in takes.values()
    )
    if disk > machine.disk:
        raise SettingsError(
            f"takes: {tracks:,} tracks need about {_gb(disk)} of disk, and the disk of"
            f" {machine.name} has {_gb(machine.disk)}: lower takes, variations or seconds"
        )


def _heard(take: Take) -> float:
    """Return the seconds of one of a take's tracks."""
    return take.settings.seconds + take.settings.keep_snippet * take.settings.snippet_seconds


def _gb(size: float) -> str:
    return f"{size / 1e9:,.0f} GB"


def _has(machine: Machine) -> str:
    return f"{machine.name} has {_gb(machine.memory)}"
