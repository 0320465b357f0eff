"""A take: a snippet of a song, continued by a model."""

import hashlib
from pathlib import Path

import numpy as np

from mathrock.atomic import replacing
from mathrock.measures import measure
from mathrock.planes import ONSET
from mathrock.provenance import how_made, write_json
from mathrock.sampling import Sampling, continue_song
from mathrock.sequences import Sequences

ANY_SONG = "any"  # what a take says that leaves the choice to its seed
SAMPLING_KNOBS = ("temperature", "max_polyphony", "lowest_pitch", "highest_pitch")
SAMPLING_KNOBS += ("longest_silence", "longest_note")


LEAST_NOTES_PER_SECOND = 0.5  # of a snippet, where the choice of the song is ours


class TakeError(ValueError):
    """The take cannot be made as it is configured; the message names the knob."""


def make_take(name: str, stepper, knobs: dict, code: dict, inputs, outputs) -> None:
    """Continue a snippet and write `outputs.roll` and `outputs.made`.

    The roll is bool (steps, 128, 2), the snippet first; `made` says how many steps that is
    (`snippet_steps`), what song it is from, what the take is like and how it was made.

    Args:
        stepper: the model, as `continue_song` wants it.
        knobs: the take's settings, see `generate` in config.yaml.
        code: digests of the code that runs.
        inputs: the model, and the packed sequences with `inputs.index` in their folder.

    Raises:
        TakeError: the song is not usable, or not long enough for the snippet.
    """
    sequences = Sequences(Path(inputs.index).parent)
    rate = sequences.steps_per_second
    song = _choose_song(name, knobs, sequences)
    roll = sequences.song(song)
    snippet = _cut_snippet(name, knobs, roll, song, rate)
    like = measure(roll, rate)
    sampling = Sampling(
        **{knob: knobs[knob] for knob in SAMPLING_KNOBS},
        notes_per_second=knobs["density"] * like["notes_per_second"],
    )
    rng = np.random.default_rng(knobs["seed"])
    steps = max(1, round(knobs["seconds"] * rate))
    take = continue_song(stepper, snippet, steps, rate, sampling, rng)
    with replacing(outputs.roll) as temporary:
        np.save(temporary, take)
    write_json(
        outputs.made,
        {
            "take": name,
            "song": song,
            "steps_per_second": rate,
            "snippet_steps": len(snippet),
            "song_is_like": like,
            "take_is_like": measure(take[len(snippet) :], rate),
            "made": how_made(knobs, inputs, ["keras", "numpy"]) | {"code": code},
        },
    )


def _choose_song(name: str, knobs: dict, sequences: Sequences) -> str:
    """The take's own song, or one by the seed: adding a song rarely changes which."""
    usable = sorted({span.song for span in sequences.spans})
    if knobs["song"] in usable:
        return knobs["song"]
    if knobs["song"] != ANY_SONG:
        raise TakeError(
            f"takes.{name}.song: {knobs['song']} could not be used (results/songs.tsv says why);"
            f" choose one of {', '.join(usable[:8])}"
        )
    for song in sorted(usable, key=lambda song: _draw(knobs["seed"], song)):
        if _has_a_snippet(sequences.song(song), knobs, sequences.steps_per_second):
            return song
    return max(usable, key=lambda song: len(sequences.song(song)))


def _draw(seed: int, song: str) -> bytes:
    return hashlib.sha256(f"{seed}/{song}".encode()).digest()


def _has_a_snippet(roll: np.ndarray, knobs: dict, rate: float) -> bool:
    """Whether a song is long enough for the take's snippet, with enough notes in it to go by."""
    first, end = _place(roll, knobs, rate)
    notes = roll[first:end, :, ONSET].sum()
    return end <= len(roll) and notes >= LEAST_NOTES_PER_SECOND * knobs["snippet_seconds"]


def _place(roll: np.ndarray, knobs: dict, rate: float) -> tuple[int, int]:
    """First and end step of the snippet, counted from the song's first onset."""
    first = _first_onset(roll) + round(knobs["start"] * rate)
    return first, first + max(1, round(knobs["snippet_seconds"] * rate))


def _first_onset(roll: np.ndarray) -> int:
    return int(np.argmax(roll[:, :, ONSET].any(axis=1)))


def _cut_snippet(name: str, knobs: dict, roll: np.ndarray, song: str, rate: float) -> np.ndarray:
    first, end = _place(roll, knobs, rate)
    if end > len(roll):
        if knobs["song"] == ANY_SONG:  # every song is too short: as much as the longest has
            return roll[_first_onset(roll) :][: end - first]
        raise TakeError(
            f"takes.{name}: a snippet of {knobs['snippet_seconds']:g} s that starts at"
            f" {knobs['start']:g} s does not fit into {song}, which lasts"
            f" {(len(roll) - _first_onset(roll)) / rate:.1f} s from its first note: lower start or"
            " snippet_seconds"
        )
    return roll[first:end]
