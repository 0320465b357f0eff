"""Let a model continue a snippet, step by step.

The model is a stepper: `step(frame) -> logits` takes in one step, bool (128, 2), and gives the
logits of the next, so that its state is carried and never recomputed.
"""

from dataclasses import dataclass

import numpy as np

from mathrock.planes import ONSET, PITCHES, PLANES, SOUNDING

DENSITY_SECONDS = 2.5  # over which the density so far is taken
DENSITY_GAIN, DENSITY_DRIFT = 0.5, 0.4  # nats, and nats a second, where it is off by a factor of e
DENSITY_LIMIT = 3.0  # nats
SILENCE_PUSH = 4.0  # nats a second by which the odds of an onset rise in too long a silence
DRONE_FADE = 0.05  # what is left, a second later, of the chance that too long a note goes on


@dataclass(frozen=True)
class Sampling:
    """How notes are drawn.

    temperature: logits are divided by it: below 1 safer, above 1 wilder.
    max_polyphony: most notes that sound at once; the least likely ones give way.
    lowest_pitch, highest_pitch: MIDI pitches that may be struck, both included.
    longest_silence, longest_note: seconds after which the odds shift towards an onset, or towards
        the end of the note, more and more: no note is ever placed or cut by rule.
    notes_per_second: density towards which the odds of onsets lean; 0 leaves them alone.
    """

    temperature: float = 1.0
    max_polyphony: int = 8
    lowest_pitch: int = 21
    highest_pitch: int = 108
    longest_silence: float = 0.75
    longest_note: float = 3.0
    notes_per_second: float = 0.0


def continue_song(
    stepper,
    snippet: np.ndarray,
    steps: int,
    steps_per_second: float,
    sampling: Sampling,
    rng: np.random.Generator,
) -> np.ndarray:
    """Feed `snippet`, bool (n, 128, 2), to the model and draw `steps` more.

    A note goes on with the probability that the model gives to "sounds but is not struck", given
    that it is not struck; what does not sound cannot go on.

    Returns:
        bool (n + steps, 128, 2), the snippet first.
    """
    roll = np.zeros((len(snippet) + steps, PITCHES, len(PLANES)), np.bool_)
    roll[: len(snippet)] = snippet
    age = _ages(snippet)  # steps since each sounding pitch was struck
    silence = 0  # steps in which nothing sounded
    density = _Density(sampling.notes_per_second, steps_per_second)
    logits = stepper.step(np.zeros((PITCHES, len(PLANES)), np.bool_))
    for frame in snippet:
        logits = stepper.step(frame)
    allowed = np.zeros(PITCHES, np.bool_)
    allowed[sampling.lowest_pitch : sampling.highest_pitch + 1] = True
    for frame in roll[len(snippet) :]:
        too_silent = max(0.0, silence / steps_per_second - sampling.longest_silence)
        push = SILENCE_PUSH * too_silent + density.push()
        onset, going_on = _probabilities(logits, sampling.temperature, push)
        too_long = age / steps_per_second > sampling.longest_note
        going_on[too_long] *= DRONE_FADE ** (1 / steps_per_second)
        draws = rng.random((2, PITCHES))
        struck = allowed & (draws[0] < onset)
        held = (age > 0) & ~struck & (draws[1] < going_on)
        if struck.sum() + held.sum() > sampling.max_polyphony:
            chances = np.where(struck, onset, np.where(held, going_on, 0))
            few = np.argsort(-chances, kind="stable")[: sampling.max_polyphony]
            chosen = np.zeros(PITCHES, np.bool_)
            chosen[few] = True
            struck, held = struck & chosen, held & chosen
        frame[:, ONSET] = struck
        frame[:, SOUNDING] = struck | held
        age = np.where(struck, 1, np.where(held, age + 1, 0))
        silence = 0 if (struck | held).any() else silence + 1
        density.hear(int(struck.sum()))
        logits = stepper.step(frame)
    return roll


class _Density:
    """Moves the log-odds of all onsets so that the density finds its way to the wanted one.

    A controller with a proportional and an integral part, on the logarithm of notes a second: what
    the temperature or a drifting model takes away comes back, whoever is struck.
    """

    def __init__(self, wanted: float, steps_per_second: float):
        self._wanted = self._density = wanted
        self._rate = steps_per_second
        self._recall = np.exp(-1 / (DENSITY_SECONDS * steps_per_second))
        self._drift = 0.0

    def push(self) -> float:
        """Nats to add to the log-odds of onsets."""
        if not self._wanted:
            return 0.0
        # A quarter of a note a second keeps silence finite.
        off = float(np.log((self._wanted + 0.25) / (self._density + 0.25)))
        drift = self._drift + DENSITY_DRIFT * off / self._rate
        self._drift = float(np.clip(drift, -DENSITY_LIMIT, DENSITY_LIMIT))
        return DENSITY_GAIN * off + self._drift

    def hear(self, onsets: int) -> None:
        """Take in how many notes were struck in a step."""
        self._density += (1 - self._recall) * (onsets * self._rate - self._density)


def _probabilities(logits: np.ndarray, temperature: float, push: float):
    """Chance of an onset, and of going on where there is none, of each pitch."""
    onset = _sigmoid(logits[:, ONSET] / temperature + push)
    sounds = _sigmoid(logits[:, SOUNDING] / temperature)
    return onset, np.clip((sounds - onset) / (1 - onset + 1e-9), 0, 1)


def _ages(snippet: np.ndarray) -> np.ndarray:
    age = np.zeros(PITCHES, np.int64)
    for frame in snippet:
        age = np.where(frame[:, ONSET], 1, np.where(frame[:, SOUNDING], age + 1, 0))
    return age


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))
