"""Let a model continue a snippet, step by step: several takes at once, each with its own luck.

The model is a stepper. `advance(context)` moves it to the next step; then `logits(yes)` gives the
log-odds of the step's decisions (see `decisions`). A `joint` one gives each pitch's odds knowing
what the pitches below decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mathrock.generation.context import Contexts
from mathrock.pianoroll.planes import ONSET, PITCHES, PLANES, SOUNDING

STRUCK, GOES_ON = 0, 1  # as in `decisions`, which would import Keras
OCTAVE = 12
DENSITY_SECONDS = 2.5  # over which the density so far is taken
DENSITY_GAIN, DENSITY_DRIFT = 1.0, 0.1  # nats, and nats a second, where it is off by a factor of e
DENSITY_LIMIT = 2.0  # nats; more drift than this, or faster, and a joint model swings about
SILENCE_PUSH = 4.0  # nats a second by which the odds of an onset rise in too long a silence
DRONE_FADE = 0.05  # what is left, a second later, of the chance that too long a note goes on


@dataclass(frozen=True)
class Sampling:
    """How notes are drawn.

    temperature: log-odds are divided by it: below 1 safer, above 1 wilder.
    top_p: an answer whose probability is at least this is taken for certain, 0.5-1: below 1 no
        far-fetched note is struck.
    max_polyphony: most notes that sound at once; the least likely ones give way.
    lowest_pitch, highest_pitch: MIDI pitches that may be struck, both included.
    pitch_classes: those that may be struck, 0-11 from C; empty: all.
    longest_silence, longest_note: seconds after which the odds shift towards an onset, or towards
        the end of the note, more and more: no note is ever placed or cut by rule.
    notes_per_second: density towards which the odds of onsets lean; 0 leaves them alone.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    max_polyphony: int = 8
    lowest_pitch: int = 21
    highest_pitch: int = 108
    pitch_classes: tuple[int, ...] = ()
    longest_silence: float = 0.75
    longest_note: float = 3.0
    notes_per_second: float = 0.0

    def allowed(self) -> np.ndarray:
        """Which pitches may be struck, bool (128,)."""
        pitches = np.arange(PITCHES)
        allowed = (self.lowest_pitch <= pitches) & (pitches <= self.highest_pitch)
        if self.pitch_classes:
            allowed &= np.isin(pitches % OCTAVE, self.pitch_classes)
        return allowed


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
            that it takes in; echoes cost time, so it is told no more.
        places: of the snippet's steps and of those drawn, see `Contexts`.

    Returns:
        The rolls, bool (takes, n + steps, 128, 2), the snippet first; and the negative
        log-likelihood in nats, (takes, steps), that the model gives to each step drawn: its own,
        whatever `sampling` made of it.
    """
    heard = len(snippet)
    rolls = np.zeros((len(rngs), heard + steps, PITCHES, len(PLANES)), np.bool_)
    rolls[:, :heard] = snippet
    nats = np.zeros((len(rngs), steps))
    contexts = Contexts(rolls, stepper.needs, places)
    odds = _Odds(sampling, steps_per_second, snippet, len(rngs))
    for _ in range(heard):
        stepper.advance(contexts.next())
    for step in range(steps):
        stepper.advance(contexts.next())
        odds.lean()
        luck = np.array([rng.random((PITCHES, len(PLANES))) for rng in rngs])
        yes, logits = _draw(stepper, odds, luck)
        nats[:, step] = _nats(logits, yes, odds.sounded)
        rolls[:, heard + step, :, ONSET] = yes[..., STRUCK]
        rolls[:, heard + step, :, SOUNDING] = sounding = yes.any(axis=-1)
        odds.hear(yes[..., STRUCK], sounding)
    return rolls, nats


def _draw(stepper, odds, luck: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The next step of every take: which decisions are a yes, bool (takes, 128, 2), and the model's
    logits given them.

    A joint model is asked about all pitches at once, given a guess of what they decide, until its
    answers are the guess. As a pitch knows only of lower ones, answers become final from low to
    high, and are those that asking pitch by pitch would give; but mostly two or three rounds do.
    (Wiggers and Hoogeboom, "Predictive Sampling with Forecasting Autoregressive Models", 2020.)

    Args:
        luck: uniform numbers from 0 to 1 of the same shape; a decision is a yes below its chance.
    """
    yes = np.zeros(luck.shape, np.bool_)
    yes[..., GOES_ON] = odds.sounded  # a good guess: most steps change little
    for _ in range(PITCHES + 1):
        logits = stepper.logits(yes.astype(np.float32))
        guess, yes = yes, odds.answer(logits, luck)
        if not stepper.joint or np.array_equal(guess, yes):
            break
    thinned = odds.thin(yes, logits)
    if stepper.joint and thinned is not yes:
        logits = stepper.logits(thinned.astype(np.float32))
    return thinned, logits


def _nats(logits: np.ndarray, yes: np.ndarray, sounded: np.ndarray) -> np.ndarray:
    """The nats of a step as `step_likelihood` counts them, in NumPy, (takes,)."""
    nats = np.logaddexp(0, logits) - logits * yes
    nats[..., GOES_ON] *= sounded & ~yes[..., STRUCK]
    return nats.sum(axis=(1, 2), dtype=np.float64)


class _Odds:
    """Makes chances of the model's logits: what the knobs and the takes so far ask for.

    Of every take it knows since when each note and the silence last, and the density so far.
    `sounded`, bool (takes, 128), is what may go on.
    """

    def __init__(self, sampling: Sampling, rate: float, snippet: np.ndarray, takes: int):
        self._sampling, self._rate = sampling, rate
        self._allowed = sampling.allowed()
        self._ages = np.tile(_ages(snippet), (takes, 1))  # steps since a sounding pitch was struck
        self._silence = np.zeros(takes)  # steps in which nothing sounded
        self._density = _Density(sampling.notes_per_second, rate, takes)
        self._fade = DRONE_FADE ** (1 / rate)
        self.sounded = self._ages > 0

    def lean(self) -> None:
        """Get ready for the next step: which way its odds are to shift."""
        sampling, rate = self._sampling, self._rate
        too_silent = np.maximum(0, self._silence / rate - sampling.longest_silence)
        self._push = (SILENCE_PUSH * too_silent + self._density.push())[:, None]
        too_long = self._ages > sampling.longest_note * rate
        self._left = np.where(too_long, self._fade, 1.0) * self.sounded

    def chances(self, logits: np.ndarray) -> np.ndarray:
        """Of a yes to each decision, (takes, 128, 2)."""
        tempered = logits / self._sampling.temperature
        tempered[..., STRUCK] += self._push
        chances = _sigmoid(tempered)
        if self._sampling.top_p < 1:  # after the push, which may thus end any silence
            chances[chances >= self._sampling.top_p] = 1
            chances[chances <= 1 - self._sampling.top_p] = 0
        chances[..., STRUCK] *= self._allowed
        chances[..., GOES_ON] *= self._left
        return chances

    def answer(self, logits: np.ndarray, luck: np.ndarray) -> np.ndarray:
        """Which decisions are a yes, bool (takes, 128, 2); what is struck does not go on."""
        yes = luck < self.chances(logits)
        yes[..., GOES_ON] &= ~yes[..., STRUCK]
        return yes

    def thin(self, yes: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Let the least likely notes of a crowd give way; where none is crowded, `yes` itself."""
        most = self._sampling.max_polyphony
        if yes.sum(axis=(1, 2)).max() <= most:
            return yes
        chances = (self.chances(logits) * yes).max(axis=-1)
        likeliest = np.argsort(-chances, axis=1, kind="stable")[:, :most]
        chosen = np.zeros(chances.shape, np.bool_)
        np.put_along_axis(chosen, likeliest, True, axis=1)
        return yes & chosen[..., None]

    def hear(self, struck: np.ndarray, sounding: np.ndarray) -> None:
        """Take in what was drawn, bool (takes, 128)."""
        self._ages = np.where(struck, 1, (self._ages + 1) * sounding)
        self._silence = np.where(sounding.any(axis=1), 0, self._silence + 1)
        self._density.hear(struck.sum(axis=1))
        self.sounded = sounding


class _Density:
    """Moves the log-odds of all onsets so that the density finds its way to the wanted one.

    A controller with a proportional and an integral part, on the logarithm of notes a second: what
    the temperature or a drifting model takes away comes back, whoever is struck. One for each take.
    """

    def __init__(self, wanted: float, steps_per_second: float, takes: int):
        self._wanted, self._density = wanted, np.full(takes, wanted, np.float64)
        self._rate = steps_per_second
        self._recall = np.exp(-1 / (DENSITY_SECONDS * steps_per_second))
        self._drift = np.zeros(takes)

    def push(self) -> np.ndarray:
        """Nats to add to the log-odds of onsets, (takes,)."""
        if not self._wanted:
            return self._drift
        # A quarter of a note a second keeps silence finite.
        off = np.log((self._wanted + 0.25) / (self._density + 0.25))
        drift = self._drift + DENSITY_DRIFT * off / self._rate
        self._drift = np.clip(drift, -DENSITY_LIMIT, DENSITY_LIMIT)
        return DENSITY_GAIN * off + self._drift

    def hear(self, onsets: np.ndarray) -> None:
        """Take in how many notes were struck in a step, (takes,)."""
        self._density += (1 - self._recall) * (onsets * self._rate - self._density)


def _ages(snippet: np.ndarray) -> np.ndarray:
    ages = np.zeros(PITCHES, np.int64)
    for step in snippet:
        ages = np.where(step[:, ONSET], 1, np.where(step[:, SOUNDING], ages + 1, 0))
    return ages


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))
