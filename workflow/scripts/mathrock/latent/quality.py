"""Measure a latent space: reconstruction, smooth interpolation, seams between windows.

All notes are drawn from the model itself, at one temperature, without a take's other settings.
"""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.generation.sampling import Sampling, continue_song
from mathrock.latent.metrics import Meter
from mathrock.latent.slerp import slerp
from mathrock.latent.summary import read_latents
from mathrock.latent.windows import Windows
from mathrock.models.step_likelihood import targets_and_mask
from mathrock.models.vae_stepper import Stepper
from mathrock.pianoroll.planes import ONSET, PITCHES, SOUNDING

UNCONSTRAINED = Sampling(
    temperature=1.0,
    top_p=1.0,
    max_polyphony=PITCHES,
    lowest_pitch=0,
    highest_pitch=PITCHES - 1,
    pitch_classes=(),
    longest_silence=np.inf,
    longest_note=np.inf,
    notes_per_second=0.0,
)
BATCH = 64  # windows drawn together
WAYS, POINTS = 32, 8  # interpolations looked at, and points of each
CHAINS, LINKS = 16, 15  # takes that are looked at for seams, and windows of each


def examine(model: keras.Model, latents: str | Path, sequences: str | Path) -> dict:
    """Measure reconstruction, interpolation and seams.

    The songs are the test songs, or the validation songs where there are none: "on" says which.

    Seams are looked for in training songs, of which there are most.
    """
    packed, found = Sequences(sequences), read_latents(latents)
    decoder = model.get_layer("decoder")
    windows = Windows(packed, found.bars, found.seconds, decoder.window)
    meter = Meter(model, packed, windows, decoder.history, BATCH)
    split = "test" if packed.split("test") else "valid"
    return {
        "on": split,
        "reconstruction": reconstruction(meter, split),
        "interpolation": smoothness(meter, split),
        "ends": seams(meter, "train"),
    }


def reconstruction(meter: Meter, split: str, temperature: float = 1.0, most: int = 512) -> dict:
    """Measure how windows come back from their mean alone, with no history for the decoder.

    Counted as in table 1 of the MusicVAE paper (Roberts et al. 2018), where a step is right if its
    one token is; here it is right if all its pitches are. "teacher_forced": each pitch is asked
    knowing the true steps before and the true pitches below; "sampled": knowing what was drawn.

    Args:
        temperature: of what is drawn.
        most: windows looked at, drawn from all.

    Returns:
        {"teacher_forced", "sampled": shares of steps; "onset_f1": of the notes drawn, at exactly
        their step and pitch; what sounds as a window begins counts as an onset; "worth_of_z": nats
        a step that another window's point costs more than its own}: near 0 the decoder does not
        listen to z.
    """
    right = steps = same = hits = played = wanted = 0
    own = others = 0.0
    for number, (inputs, weights, songs) in enumerate(meter.crops(split, alone=1.0, most=most)):
        count = len(songs)
        mean, _ = meter.encode(inputs)
        nats, is_right = meter.decode(mean, inputs, weights)
        own += nats.sum()
        swapped = np.concatenate([np.roll(mean[:count], 1, axis=0), mean[count:]])
        others += meter.decode(swapped, inputs, weights)[0].sum()
        inside = inputs["inside"][:count] > 0
        window = inside.shape[1]
        right += int((is_right[:count, -window:] & inside).sum())
        places = inputs["place"][:count, -window:] if "place" in inputs else None
        seeds = [[number, n] for n in range(count)]
        rolls = draw(meter, mean[:count, None], seeds, temperature, places)
        rolls &= inside[..., None, None]
        truth = (inputs["steps"][:count, -window:] > 0) & inside[..., None, None]
        truth[:, 0, :, ONSET] = truth[:, 0, :, SOUNDING]
        ours, theirs = struck(rolls), struck(truth)
        steps += int(inside.sum())
        same += int(((rolls == truth).all(axis=(2, 3)) & inside).sum())
        hits += int((ours & theirs).sum())
        played += int(ours.sum())
        wanted += int(theirs.sum())
    return {
        "teacher_forced": right / max(1, steps),
        "sampled": same / max(1, steps),
        "onset_f1": 2 * hits / max(1, played + wanted),
        "worth_of_z": float(others - own) / max(1, steps),
    }


def smoothness(meter: Meter, split: str, temperature: float = 1.0) -> dict | None:
    """Measure the changes from point to point on the way from a window to one of another song.

    A change is the share of notes that only one of two neighbours has, of those that either has.
    All points of a way are drawn with the same seed. Beside them the rolls themselves are mixed, as
    the paper's baseline of interpolations does: at each point every step is that of the one window
    or of the other, by coins whose chance is the way; "cut" is what rounds the mixture instead.

    Returns:
        {"ours", "mixed", "cut"}, each {"mean", "largest"}: of the changes along a way, over all
        ways; None where no two songs of the split have windows of one length.
    """
    pairs = _of_different_songs(_some_windows(meter, split))
    if not pairs:
        return None
    ways = np.linspace(0, 1, POINTS)
    changes = {"ours": [], "mixed": [], "cut": []}
    rng = np.random.default_rng(0)
    for number, (one, other) in enumerate(pairs):
        z = np.array([slerp(one.point, other.point, way) for way in ways])
        lengths = [len(one.onsets)]
        seeds = [[number]] * POINTS
        rolls = struck(draw(meter, z[:, None], seeds, temperature, one.places, lengths))
        coins = rng.random((POINTS, len(one.onsets))) < ways[:, None]
        mixed = np.where(coins[..., None], other.onsets, one.onsets)
        cut = np.where((ways > 0.5)[:, None, None], other.onsets, one.onsets)
        for name, path in {"ours": rolls, "mixed": mixed, "cut": cut}.items():
            changes[name].append([_change(*pair) for pair in pairwise(path)])
    return {
        name: {"mean": float(np.mean(found)), "largest": float(np.max(found, axis=1).mean())}
        for name, found in changes.items()
    }


def seams(meter: Meter, split: str, temperature: float = 1.0) -> dict[str, float]:
    """Measure the share of sounding notes that end as a window begins, and at any other step.

    Of songs drawn anew, each along the points of its own windows, at most `LINKS` of each.

    Returns:
        {"at_borders", "elsewhere"}, and {"true_at_borders", "true_elsewhere"} of the songs
        themselves at the same steps, as borders may be bar lines.
    """
    ended, sounded = np.zeros((2, 2)), np.zeros((2, 2))  # ours, true; at borders, elsewhere
    for number, song in enumerate(meter.songs(split, most=CHAINS)):
        z, lengths, places = song.points[:LINKS], song.lengths[:LINKS], song.places
        steps = sum(lengths)
        drawn = draw(meter, z[None], [[number]], temperature, places[:steps], lengths)[0]
        is_border = np.isin(np.arange(1, steps), np.cumsum(lengths))
        for row, roll in enumerate((drawn, song.roll[:steps])):
            sounding = roll[:-1, :, SOUNDING]
            ends = sounding & ~(roll[1:, :, SOUNDING] & ~roll[1:, :, ONSET])
            for column, where in enumerate((is_border, ~is_border)):
                ended[row, column] += ends[where].sum()
                sounded[row, column] += sounding[where].sum()
    shares = (ended / np.maximum(1, sounded)).ravel().tolist()
    return dict(
        zip(("at_borders", "elsewhere", "true_at_borders", "true_elsewhere"), shares, strict=True)
    )


def draw(
    meter: Meter,
    z: np.ndarray,
    seeds: list[list[int]],
    temperature: float,
    places: np.ndarray | None,
    lengths: list[int] | None = None,
) -> np.ndarray:
    """Draw rolls, bool (takes, steps, 128, planes), each take along its points.

    Args:
        z: float32 (takes, windows, latent).
        seeds: a seed for each take.
        places: see `Contexts`.
        lengths: of the windows; None: there is one, of full length.
    """
    decoder = meter.model.get_layer("decoder")
    lengths = lengths or [decoder.window]
    rolls, _ = continue_song(
        Stepper(meter.model, z, lengths),
        np.zeros((0, PITCHES, decoder.decisions), np.bool_),
        sum(lengths),
        1.0,
        replace(UNCONSTRAINED, temperature=temperature),
        [np.random.default_rng(seed) for seed in seeds],
        places,
    )
    return rolls


def struck(rolls: np.ndarray) -> np.ndarray:
    """Return onsets, bool (windows, steps, 128), as if nothing had sounded before."""
    before = np.zeros_like(rolls)
    before[:, 1:] = rolls[:, :-1]
    targets, _ = targets_and_mask(rolls.astype(np.float32), before.astype(np.float32))
    return np.asarray(targets[..., 0]) > 0


class _Window(NamedTuple):
    """A window of a song: its point, onsets, and metrical positions where bars are known."""

    song: str
    point: np.ndarray
    onsets: np.ndarray
    places: np.ndarray | None


def _some_windows(meter: Meter, split: str) -> list[_Window]:
    """Collect windows in random order, those of one length together."""
    found = []
    for inputs, _, songs in meter.crops(split, alone=1.0, most=8 * WAYS):
        mean, _ = meter.encode(inputs)
        window = inputs["inside"].shape[1]
        onsets = struck(inputs["steps"][:, -window:] > 0)
        for row, song in enumerate(songs):
            length = int(inputs["inside"][row].sum())
            places = inputs["place"][row, -window:][:length] if "place" in inputs else None
            found.append(_Window(song, mean[row], onsets[row, :length], places))
    return sorted(found, key=lambda one: -len(one.onsets))


def _of_different_songs(windows: list[_Window]) -> list[tuple[_Window, _Window]]:
    pairs = [
        (one, other)
        for one, other in pairwise(windows)
        if one.song != other.song and len(one.onsets) == len(other.onsets)
    ]
    return pairs[:WAYS]


def _change(one: np.ndarray, other: np.ndarray) -> float:
    """Compute the share of notes that only one has, of those that either has."""
    either = (one | other).sum()
    return float((one ^ other).sum() / either) if either else 0.0
