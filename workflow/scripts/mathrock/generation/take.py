"""Make a take: a snippet of a song, continued by a model."""

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
from mathrock.generation.conditioning import count_rows
from mathrock.generation.guidance import Guided
from mathrock.generation.key_constraint import choose_octave, transpose
from mathrock.generation.metre_plan import plan_take
from mathrock.generation.prompt import choose_prompt
from mathrock.generation.sampling import Sampling, continue_song
from mathrock.generation.snippets import Snippet
from mathrock.generation.take_settings import TakeSettings
from mathrock.generation.variations import join
from mathrock.music.bar_offsets import shift_bars
from mathrock.music.bars import to_rows
from mathrock.pianoroll.metrical_position import metrical_positions
from mathrock.pianoroll.planes import DRUM, ONSET, ROLL_PLANES, VELOCITY
from mathrock.pianoroll.statistics import roll_statistics
from mathrock.songs.key_table import read_keys


class Start(NamedTuple):
    """Facts of a take that a stepper may know before the first step is drawn.

    target: the snippet that an interpolation leads to, or None.
    steps: to be drawn after the snippet.
    bars: from the snippet on, counted like the song's.
    """

    sequences: Sequences
    snippet: Snippet
    target: Snippet | None
    steps: int
    bars: np.ndarray


def make_take(
    name: str,
    stepper_for: Callable[[Start], Any],
    settings: TakeSettings,
    code: dict,
    inputs,
    outputs,
) -> None:
    """Continue a snippet and write `outputs.roll` and `outputs.made`.

    The roll is uint8 (steps, 128, 4), see `planes`, the snippet first and as its song plays it;
    what follows has no velocities yet and no drums. `made` says how many steps the snippet has
    (`snippet_steps`), how long they are (`steps_per_second`), the `bars` from the roll's first step
    on, or [] where they are not known, the snippet's song, the statistics of song and take, the
    negative log-likelihood of the take's notes (`nats_per_step`) and how the take was made; also
    the song's `key` and `scale` and by how many semitones the take is transposed (`moved`). For
    several variations see `variations`.

    Args:
        stepper_for: gives the model, as `continue_song` wants it, for as many takes as
            `takes_at_once` says.
        code: digests of the code that runs.
        inputs: the model's file, `inputs.sequences`, those of the packed sequences, and
            `inputs.found_keys`, the table of the songs' keys.

    Raises:
        TakeError: as `choose_prompt`.
    """
    sequences = Sequences(Path(inputs.sequences[0]).parent)
    prompt = choose_prompt(name, settings, sequences, read_keys(inputs.found_keys))
    snippet, song = prompt.snippet, prompt.snippet.song
    first, end = snippet.first, snippet.end
    plan = plan_take(
        sequences.bars(song),
        first,
        end,
        settings.seconds,
        sequences.rate(song),
        sequences.steps_per_beat(song),
    )
    places = metrical_positions(sequences.cycles, plan.bars, first, snippet.steps + plan.steps)
    stepper = stepper_for(Start(sequences, snippet, prompt.target, plan.steps, plan.bars))
    conditioning = prompt.conditioning
    density = getattr(stepper, "notes_per_second", None)  # where a stepper knows better
    density = conditioning.notes_per_second if density is None else density
    sampling = Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_polyphony=settings.max_polyphony,
        lowest_pitch=settings.lowest_pitch,
        highest_pitch=settings.highest_pitch,
        pitch_classes=prompt.key_constraint.pitch_classes,
        longest_silence=settings.longest_silence,
        longest_note=settings.longest_note,
        notes_per_second=settings.density * density,
    )
    if "style" in stepper.needs and conditioning_size(sequences):
        stepper = Guided(stepper, conditioning.vectors, conditioning.weights)
    rngs = [np.random.default_rng([settings.seed, n]) for n in range(settings.variations)]
    rolls, nats = continue_song(
        stepper, snippet.heard, plan.steps, plan.rate, sampling, rngs, places
    )
    reach = settings.lowest_pitch, settings.highest_pitch
    onsets = snippet.roll[:, :, ONSET].sum(axis=0)
    moved = choose_octave(onsets, prompt.key_constraint.semitones, *reach)
    rolls = transpose(_with_performance(rolls, sequences, snippet), moved, *reach)
    with replacing(outputs.roll) as temporary:
        np.save(temporary, join(rolls))
    write_json(
        outputs.made,
        {
            "take": name,
            "song": song,
            "key": prompt.key.key,
            "scale": prompt.key.scale,
            "moved": moved,
            "steps_per_second": plan.rate,
            "bars": to_rows(shift_bars(plan.bars, first)),
            "snippet_steps": snippet.steps,
            "song_is_like": prompt.statistics,
            "take_is_like": join(
                [roll_statistics(roll[snippet.steps :], plan.rate) for roll in rolls]
            ),
            "nats_per_step": join([round(float(take.mean()), 4) for take in nats]),
            "made": collect_provenance(settings.to_params(), inputs, ["keras", "numpy"])
            | {"code": code},
        },
    )


def takes_at_once(settings: TakeSettings) -> int:
    """Count the takes that the model continues at once: variations times conditioning vectors."""
    return settings.variations * count_rows(settings)


def _with_performance(rolls: np.ndarray, sequences: Sequences, snippet: Snippet) -> np.ndarray:
    """Give the rolls all planes: the snippet has the velocities and drums of its song."""
    played = np.zeros((*rolls.shape[:-1], len(ROLL_PLANES)), np.uint8)
    played[..., : rolls.shape[-1]] = rolls
    place, steps = sequences.song_first(snippet.song) + snippet.first, snippet.steps
    played[:, :steps, :, VELOCITY] = velocities(sequences, place, steps)
    played[:, :steps, :, DRUM] = drums(sequences, place, steps)
    return played
