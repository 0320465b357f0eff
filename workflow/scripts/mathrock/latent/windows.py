"""Cut songs into the VAE's windows: whole bars, or seconds where a song has no grid of beats."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from mathrock.dataset.sequences import Sequences, Span

MOST = 0.95  # of all windows are whole; longer ones are cut
LEAST = 0.25  # of the longest window: shorter ones, at a song's ends, are not trained on


class Windows:
    """Windows of packed songs.

    Args:
        bars: in a window, of songs on a grid of beats.
        seconds: of songs on a grid of seconds.
        steps: of the longest window, if known; else it is measured on the training songs.
    """

    def __init__(self, sequences: Sequences, bars: int, seconds: float, steps: int | None = None):
        self._sequences, self.bars, self.seconds = sequences, bars, seconds
        self.steps = steps or self._longest()

    def tiles(self, split: str) -> np.ndarray:
        """Return (first, steps) of windows that cover each step of a split once, int64 (n, 2)."""
        return self._of(self._sequences.split(split), lambda span: 0)

    def of_span(self, span: Span) -> np.ndarray:
        """Return the windows that cover each step of a span once, see `tiles`."""
        return self._of([span], lambda span: 0)

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Draw windows of the training songs, with other borders each time, in random order."""
        windows = self._of(
            self._sequences.split("train"),
            lambda span: int(rng.integers(self._places(span.song))),
        )
        long_enough = windows[windows[:, 1] >= LEAST * self.steps]
        return rng.permutation(long_enough if len(long_enough) else windows)

    def lengths(self, song: str, first: int, end: int, bars: np.ndarray) -> list[int]:
        """Return the lengths of the windows that steps [first, end) of a song, or of a take, make.

        Args:
            bars: where the bar lines are, see `bars`, counted like `first`.
        """
        borders = self._borders(song, first, end, bars["step"], 0)
        return self._pieces(borders)[:, 1].tolist()

    def _longest(self) -> int:
        """Return the longest window's steps, but for the few that a rare metre makes longer."""
        lengths = [
            np.diff(self._borders_of(span, phase))
            for span in self._sequences.split("train")
            for phase in range(self.bars if self._is_on_beats(span.song) else 1)
        ]
        return int(np.quantile(np.concatenate(lengths), MOST, method="higher"))

    def _of(self, spans: Iterable[Span], phase: Callable[[Span], int]) -> np.ndarray:
        windows = [self._pieces(self._borders_of(span, phase(span))) for span in spans]
        return np.concatenate([np.zeros((0, 2), np.int64), *windows])

    def _pieces(self, borders: list[int]) -> np.ndarray:
        """Cut between borders, int64 (n, 2); what is longer than a window becomes equal parts."""
        firsts = [
            np.linspace(first, end, -(-(end - first) // self.steps), endpoint=False).astype(int)
            for first, end in pairwise(borders)
        ]
        firsts = np.concatenate(firsts)
        return np.column_stack([firsts, np.diff(firsts, append=borders[-1])])

    def _places(self, song: str) -> int:
        """Count the places where borders may begin: bars or steps."""
        return self.bars if self._is_on_beats(song) else self._steps(song)

    def _is_on_beats(self, song: str) -> bool:
        return self._sequences.steps_per_beat(song) is not None

    def _steps(self, song: str) -> int:
        return max(1, round(self.seconds * self._sequences.rate(song)))

    def _borders_of(self, span: Span, phase: int) -> list[int]:
        lines = self._sequences.bars(span.song)["step"] + span.song_first
        return self._borders(span.song, span.first, span.first + span.steps, lines, phase)

    def _borders(self, song: str, first: int, end: int, lines: np.ndarray, phase: int) -> list[int]:
        """Return the windows' borders: both ends, and between them every so many bars or steps."""
        if self._is_on_beats(song):
            lines = np.rint(lines).astype(np.int64)
            between = lines[(lines >= first) & (lines < end)][phase :: self.bars]
        else:
            between = np.arange(first + phase, end, self._steps(song))
        return sorted({first, *between.tolist(), end})
