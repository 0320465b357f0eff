"""Change a model's logits by the settings of a take: one small class for each concern.

Arrays are (takes, 128, decisions), see `sampling`; the decisions of a pitch are whether it is
struck and whether it goes on. Each class that remembers the takes so far has `observe`, which takes
in what was drawn in a step.
"""

import numpy as np

from mathrock.pianoroll.planes import ONSET, PITCHES, SOUNDING

ONSET_DECISION, SUSTAIN_DECISION = 0, 1  # as in `step_likelihood`, which would import Keras
OCTAVE = 12
DENSITY_SECONDS = 2.5  # over which the density so far is averaged
DENSITY_GAIN = 1.0  # nats where the density is off by a factor of e
DENSITY_INTEGRAL_GAIN = 0.1  # nats a second where it is off by a factor of e
DENSITY_LIMIT = 2.0  # nats; with a larger or faster integral part a joint model oscillates
SILENCE_BIAS = 4.0  # nats a second by which the logits of onsets rise in too long a silence
DRONE_FADE = 0.05  # what is left, a second later, of the probability that too long a note goes on


class Temperature:
    """Divides logits by a temperature: below 1 safer, above 1 wilder."""

    def __init__(self, temperature: float):
        self._temperature = temperature

    def __call__(self, logits: np.ndarray) -> np.ndarray:
        """Return tempered logits, a new array."""
        return logits / self._temperature


class TopP:
    """Takes an answer for certain whose probability is at least `top_p`, 0.5-1."""

    def __init__(self, top_p: float):
        self._top_p = top_p

    def __call__(self, probabilities: np.ndarray) -> None:
        """Round the probabilities of near-certain answers to 0 or 1, in place."""
        if self._top_p < 1:
            probabilities[probabilities >= self._top_p] = 1
            probabilities[probabilities <= 1 - self._top_p] = 0


class PitchMask:
    """Allows onsets of pitches within a range, both ends included, and of some pitch classes."""

    def __init__(self, lowest: int, highest: int, pitch_classes: tuple[int, ...]):
        pitches = np.arange(PITCHES)
        self._allowed = (lowest <= pitches) & (pitches <= highest)
        if pitch_classes:
            self._allowed &= np.isin(pitches % OCTAVE, pitch_classes)

    def __call__(self, probabilities: np.ndarray) -> None:
        """Set the probabilities of forbidden onsets to 0, in place."""
        probabilities[..., ONSET_DECISION] *= self._allowed


class SilenceGuard:
    """Raises the logits of onsets while a silence is too long; places no note itself."""

    def __init__(self, longest_seconds: float, steps_per_second: float, takes: int):
        self._longest, self._rate = longest_seconds, steps_per_second
        self._silence = np.zeros(takes)  # steps in which nothing sounded

    def bias(self) -> np.ndarray:
        """Return the nats to add to the logits of onsets, (takes,)."""
        return SILENCE_BIAS * np.maximum(0, self._silence / self._rate - self._longest)

    def observe(self, sounding: np.ndarray) -> None:
        """Take in which pitches sound, bool (takes, 128)."""
        self._silence = np.where(sounding.any(axis=1), 0, self._silence + 1)


class DroneGuard:
    """Lets only sounding notes go on, and fades out the probability of those that last too long.

    `sounding`, bool (takes, 128): the pitches that may go on.
    """

    def __init__(
        self, longest_seconds: float, steps_per_second: float, snippet: np.ndarray, takes: int
    ):
        self._longest = longest_seconds * steps_per_second
        self._fade = DRONE_FADE ** (1 / steps_per_second)
        self._ages = np.tile(_ages(snippet), (takes, 1))  # steps since a sounding pitch was struck
        self.sounding = self._ages > 0

    def factor(self) -> np.ndarray:
        """Return what the probabilities of going on are multiplied by, (takes, 128)."""
        return np.where(self._ages > self._longest, self._fade, 1.0) * self.sounding

    def observe(self, struck: np.ndarray, sounding: np.ndarray) -> None:
        """Take in which pitches were struck and which sound, bool (takes, 128)."""
        self._ages = np.where(struck, 1, (self._ages + 1) * sounding)
        self.sounding = sounding


class DensityController:
    """Steers the logits of all onsets towards a density, for each take by itself.

    A controller with a proportional and an integral part, on the logarithm of notes a second. It
    makes up for what the temperature or a drifting model takes away, whichever pitch is struck.
    """

    def __init__(self, notes_per_second: float, steps_per_second: float, takes: int):
        self._target = notes_per_second
        self._density = np.full(takes, notes_per_second, np.float64)
        self._rate = steps_per_second
        self._decay = np.exp(-1 / (DENSITY_SECONDS * steps_per_second))
        self._integral = np.zeros(takes)

    def bias(self) -> np.ndarray:
        """Return the nats to add to the logits of onsets, (takes,), and integrate a step."""
        if not self._target:
            return self._integral
        # A quarter of a note a second keeps silence finite.
        error = np.log((self._target + 0.25) / (self._density + 0.25))
        integral = self._integral + DENSITY_INTEGRAL_GAIN * error / self._rate
        self._integral = np.clip(integral, -DENSITY_LIMIT, DENSITY_LIMIT)
        return DENSITY_GAIN * error + self._integral

    def observe(self, onsets: np.ndarray) -> None:
        """Take in how many notes were struck in a step, (takes,)."""
        self._density += (1 - self._decay) * (onsets * self._rate - self._density)


class PolyphonyLimit:
    """Keeps the likeliest notes where more than `most` would sound at once."""

    def __init__(self, most: int):
        self._most = most

    def is_exceeded(self, yes: np.ndarray) -> bool:
        """Say whether too many notes sound in any take, by the decisions of a step."""
        return yes.sum(axis=(1, 2)).max() > self._most

    def thin(self, yes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """Return the decisions without the least likely notes."""
        likelihoods = (probabilities * yes).max(axis=-1)
        likeliest = np.argsort(-likelihoods, axis=1, kind="stable")[:, : self._most]
        chosen = np.zeros(likelihoods.shape, np.bool_)
        np.put_along_axis(chosen, likeliest, True, axis=1)
        return yes & chosen[..., None]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def _ages(snippet: np.ndarray) -> np.ndarray:
    """Count the steps since each pitch that sounds at the snippet's end was struck, (128,)."""
    ages = np.zeros(PITCHES, np.int64)
    for step in snippet:
        ages = np.where(step[:, ONSET], 1, np.where(step[:, SOUNDING], ages + 1, 0))
    return ages
