"""A take: a snippet of a song, continued by a model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mathrock.dataset.conditioning import conditioning_size
from mathrock.dataset.performance import drums, velocities
from mathrock.dataset.sequences import Sequences
from mathrock.files.atomic import replacing
from mathrock.files.json_files import write_json
from mathrock.files.provenance import collect_provenance
from mathrock.generation.conditioning import rows_of, style_of
from mathrock.generation.guidance import Guided
from mathrock.generation.key_constraint import move, octave_for, wish_of
from mathrock.generation.metre_plan import plan_take
from mathrock.generation.sampling import Sampling, continue_song
from mathrock.generation.snippets import choose_snippet
from mathrock.generation.variations import join
from mathrock.music.bar_offsets import shift_bars
from mathrock.music.bars import to_rows
from mathrock.pianoroll.metrical_position import metrical_positions
from mathrock.pianoroll.planes import DRUM, ONSET, ROLL_PLANES, VELOCITY
from mathrock.pianoroll.statistics import roll_statistics
from mathrock.songs.key_table import read_keys

SAMPLING_KNOBS = ("temperature", "top_p", "max_polyphony", "lowest_pitch", "highest_pitch")
SAMPLING_KNOBS += ("longest_silence", "longest_note")


class Start(NamedTuple):
    """What a take begins with: the steps [first, end) of a song, and what is to be drawn after:
    so many `steps`, under the `bars` from the snippet on, counted like the song's."""

    sequences: Sequences
    song: str
    first: int
    end: int
    steps: int
    bars: np.ndarray


def make_take(
    name: str,
    stepper_for: Callable[[Start], Any],
    knobs: dict,
    code: dict,
    inputs,
    outputs,
) -> None:
    """Continue a snippet and write `outputs.roll` and `outputs.made`.

    The roll is uint8 (steps, 128, 4), see `pianoroll`, the snippet first and as its song plays it;
    what follows has no velocities yet and no drums. `made` says how many steps the snippet is
    (`snippet_steps`), how long they are (`steps_per_second`), the `bars` from the roll's first step
    on, or [] where they are not known, what song it is from, what the take is like, what its notes
    cost the model (`nats_per_step`) and how it was made; also the song's `key` and `scale` and how
    many semitones higher the take is (`moved`). Of several variations see `variations`.

    Args:
        stepper_for: gives the model, as `continue_song` wants it, for as many takes as
            `takes_at_once` says.
        knobs: the take's settings, see `generate` in config.yaml.
        code: digests of the code that runs.
        inputs: the model's file, `inputs.sequences`, those of the packed sequences, and
            `inputs.found_keys`, the table of the songs' keys.

    Raises:
        TakeError: the song is not usable, or not long enough for the snippet, or the take asks for
            a key or scale that was not found, or for a style that no training song tells of.
    """
    sequences = Sequences(Path(inputs.sequences[0]).parent)
    song, first, end = choose_snippet(name, knobs, sequences)
    found = read_keys(inputs.found_keys)[song]
    wish = wish_of(name, knobs, song, found)
    roll = sequences.song(song)
    like = roll_statistics(roll, sequences.rate(song))
    style = style_of(name, knobs, sequences, like["notes_per_second"])
    song_bars, per_beat = sequences.bars(song), sequences.steps_per_beat(song)
    plan = plan_take(song_bars, first, end, knobs["seconds"], sequences.rate(song), per_beat)
    places = metrical_positions(sequences.cycles, plan.bars, first, end - first + plan.steps)
    stepper = stepper_for(Start(sequences, song, first, end, plan.steps, plan.bars))
    density = getattr(stepper, "notes_per_second", None)  # where a stepper knows better
    density = style.notes_per_second if density is None else density
    sampling = Sampling(
        **{knob: knobs[knob] for knob in SAMPLING_KNOBS},
        pitch_classes=wish.pitch_classes,
        notes_per_second=knobs["density"] * density,
    )
    if "style" in stepper.needs and conditioning_size(sequences):
        stepper = Guided(stepper, style.told, style.weights)
    rngs = [np.random.default_rng([knobs["seed"], n]) for n in range(knobs["variations"])]
    rolls, nats = continue_song(
        stepper, roll[first:end], plan.steps, plan.rate, sampling, rngs, places
    )
    reach = knobs["lowest_pitch"], knobs["highest_pitch"]
    moved = octave_for(roll[:, :, ONSET].sum(axis=0), wish.semitones, *reach)
    rolls = move(_with_played(rolls, sequences, song, first, end), moved, *reach)
    with replacing(outputs.roll) as temporary:
        np.save(temporary, join(rolls))
    write_json(
        outputs.made,
        {
            "take": name,
            "song": song,
            "key": found.key,
            "scale": found.scale,
            "moved": moved,
            "steps_per_second": plan.rate,
            "bars": to_rows(shift_bars(plan.bars, first)),
            "snippet_steps": end - first,
            "song_is_like": like,
            "take_is_like": join(
                [roll_statistics(roll[end - first :], plan.rate) for roll in rolls]
            ),
            "nats_per_step": join([round(float(take.mean()), 4) for take in nats]),
            "made": collect_provenance(knobs, inputs, ["keras", "numpy"]) | {"code": code},
        },
    )


def takes_at_once(knobs: dict) -> int:
    """How many takes the model continues at once: the variations, in every style that is mixed."""
    return knobs["variations"] * rows_of(knobs)


def _with_played(
    rolls: np.ndarray, sequences: Sequences, song: str, first: int, end: int
) -> np.ndarray:
    """The rolls of all takes with all planes: the snippet's velocities and drums are its song's."""
    played = np.zeros((*rolls.shape[:-1], len(ROLL_PLANES)), np.uint8)
    played[..., : rolls.shape[-1]] = rolls
    place, steps = sequences.song_first(song) + first, end - first
    played[:, :steps, :, VELOCITY] = velocities(sequences, place, steps)
    played[:, :steps, :, DRUM] = drums(sequences, place, steps)
    return played
