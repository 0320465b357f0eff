"""Let a model continue a snippet, step by step: several takes at once, each with its own noise.

The model is a stepper. `advance(context)` moves it to the next step; then `logits(yes)` gives the
logits of the step's decisions (see `step_likelihood`). With `is_autoregressive` a stepper is so
over pitch: the logits of each pitch depend on what the pitches below decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mathrock.generation.context import Contexts
from mathrock.generation.logit_processing import (
    ONSET_DECISION,
    SUSTAIN_DECISION,
    DensityController,
    DroneGuard,
    PitchMask,
    PolyphonyLimit,
    SilenceGuard,
    Temperature,
    TopP,
    sigmoid,
)
from mathrock.pianoroll.planes import ONSET, PITCHES, PLANES, SOUNDING


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Settings of how notes are drawn.

    temperature: logits are divided by it: below 1 safer, above 1 wilder.
    top_p: an answer whose probability is at least this is taken for certain, 0.5-1: below 1 no
        far-fetched note is struck.
    max_polyphony: most notes that sound at once; the least likely ones give way.
    lowest_pitch, highest_pitch: MIDI pitches that may be struck, both included.
    pitch_classes: those that may be struck, 0-11 from C; empty: all.
    longest_silence, longest_note: seconds after which the logits are biased towards an onset, or
        the probability that the note goes on fades, more and more: no note is ever placed or cut
        by rule.
    notes_per_second: density towards which the logits of onsets are biased; 0: not controlled.
    """

    temperature: float
    top_p: float
    max_polyphony: int
    lowest_pitch: int
    highest_pitch: int
    pitch_classes: tuple[int, ...]
    longest_silence: float
    longest_note: float
    notes_per_second: float


def continue_song(
    stepper,
    snippet: np.ndarray,
    steps: int,
    steps_per_second: float,
    sampling: Sampling,
    rngs: Sequence[np.random.Generator],
    places: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Feed `snippet`, bool (n, 128, 2), to the model and draw `steps` more: a take per generator.

    A take depends on its own generator, and on nothing that the others draw.

    Args:
        stepper: for as many takes as there are `rngs`. Its `needs` are the names of the context
            that it takes in; others are not computed, because the match model costs time.
        places: of the snippet's steps and of those drawn, see `Contexts`.

    Returns:
        The rolls, bool (takes, n + steps, 128, 2), the snippet first; and the negative
        log-likelihood in nats, (takes, steps), that the model itself gives to each step drawn,
        before `sampling` changes its logits.
    """
    heard = len(snippet)
    rolls = np.zeros((len(rngs), heard + steps, PITCHES, len(PLANES)), np.bool_)
    rolls[:, :heard] = snippet
    nats = np.zeros((len(rngs), steps))
    contexts = Contexts(rolls, stepper.needs, places)
    sampler = _Sampler(sampling, steps_per_second, snippet, len(rngs))
    for _ in range(heard):
        stepper.advance(contexts.next())
    for step in range(steps):
        stepper.advance(contexts.next())
        sampler.begin_step()
        noise = np.array([rng.random((PITCHES, len(PLANES))) for rng in rngs])
        yes, logits = _draw(stepper, sampler, noise)
        nats[:, step] = _negative_log_likelihood(logits, yes, sampler.sounding)
        rolls[:, heard + step, :, ONSET] = yes[..., ONSET_DECISION]
        rolls[:, heard + step, :, SOUNDING] = sounding = yes.any(axis=-1)
        sampler.observe(yes[..., ONSET_DECISION], sounding)
    return rolls, nats


def _draw(stepper, sampler: "_Sampler", noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw the next step of every take.

    An autoregressive model is asked about all pitches at once, given a guess of what they decide,
    until its answers are the guess. As a pitch knows only of lower ones, answers become final from
    low to high, and are those that asking pitch by pitch would give; but mostly two or three rounds
    do.
    (Wiggers and Hoogeboom, "Predictive Sampling with Forecasting Autoregressive Models", 2020.)

    Args:
        noise: uniform numbers from 0 to 1 (takes, 128, 2); a decision is a yes where its number is
            below its probability.

    Returns:
        Which decisions are a yes, bool (takes, 128, 2), and the model's logits given them.
    """
    yes = np.zeros(noise.shape, np.bool_)
    yes[..., SUSTAIN_DECISION] = sampler.sounding  # a good guess: most steps change little
    for _ in range(PITCHES + 1):
        logits = stepper.logits(yes.astype(np.float32))
        guess, yes = yes, sampler.decide(logits, noise)
        if not stepper.is_autoregressive or np.array_equal(guess, yes):
            break
    thinned = sampler.thin(yes, logits)
    if stepper.is_autoregressive and thinned is not yes:
        logits = stepper.logits(thinned.astype(np.float32))
    return thinned, logits


def _negative_log_likelihood(
    logits: np.ndarray, yes: np.ndarray, sounding: np.ndarray
) -> np.ndarray:
    """Compute the nats of a step's decisions, (takes,), as `step_likelihood` does.

    The decision to go on counts only for pitches that were sounding and are not struck.
    """
    nats = np.logaddexp(0, logits) - logits * yes
    nats[..., SUSTAIN_DECISION] *= sounding & ~yes[..., ONSET_DECISION]
    return nats.sum(axis=(1, 2), dtype=np.float64)


class _Sampler:
    """Turns logits into decisions as `Sampling` says, knowing the takes so far."""

    def __init__(self, sampling: Sampling, rate: float, snippet: np.ndarray, takes: int):
        self._temperature = Temperature(sampling.temperature)
        self._top_p = TopP(sampling.top_p)
        self._mask = PitchMask(
            sampling.lowest_pitch, sampling.highest_pitch, sampling.pitch_classes
        )
        self._silence = SilenceGuard(sampling.longest_silence, rate, takes)
        self._drone = DroneGuard(sampling.longest_note, rate, snippet, takes)
        self._density = DensityController(sampling.notes_per_second, rate, takes)
        self._polyphony = PolyphonyLimit(sampling.max_polyphony)

    @property
    def sounding(self) -> np.ndarray:
        """Return the pitches that sounded in the last step and may go on, bool (takes, 128)."""
        return self._drone.sounding

    def begin_step(self) -> None:
        """Settle the next step's biases, which hold for all rounds of asking the model."""
        self._onset_bias = (self._silence.bias() + self._density.bias())[:, None]
        self._sustain_factor = self._drone.factor()

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the probability of a yes to each decision, (takes, 128, 2)."""
        logits = self._temperature(logits)
        logits[..., ONSET_DECISION] += self._onset_bias
        probabilities = sigmoid(logits)
        self._top_p(probabilities)  # after the bias, which may thus end any silence
        self._mask(probabilities)
        probabilities[..., SUSTAIN_DECISION] *= self._sustain_factor
        return probabilities

    def decide(self, logits: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Draw which decisions are a yes, bool (takes, 128, 2); what is struck does not go on."""
        yes = noise < self.probabilities(logits)
        yes[..., SUSTAIN_DECISION] &= ~yes[..., ONSET_DECISION]
        return yes

    def thin(self, yes: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Limit the notes that sound at once; where they are few enough, return `yes` itself."""
        if not self._polyphony.is_exceeded(yes):
            return yes
        return self._polyphony.thin(yes, self.probabilities(logits))

    def observe(self, struck: np.ndarray, sounding: np.ndarray) -> None:
        """Take in what was drawn, bool (takes, 128)."""
        self._drone.observe(struck, sounding)
        self._silence.observe(sounding)
        self._density.observe(struck.sum(axis=1))
