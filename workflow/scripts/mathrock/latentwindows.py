"""The windows that the VAE sees: whole bars, or so many seconds where a song is on no beats."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from mathrock.sequences import Sequences, Span

FREAK = 1.5  # times the median: longer windows, of bars counted wrong, are cut
LEAST = 0.25  # of the longest window: shorter ones, at a song's ends, are not trained on


class Windows:
    """Windows of packed songs.

    Args:
        bars: in a window, of songs on a grid of beats.
        seconds: of songs on a grid of seconds.
        steps: of the longest window, where that is known; else the training songs tell.
    """

    def __init__(self, sequences: Sequences, bars: int, seconds: float, steps: int | None = None):
        self._sequences, self.bars, self.seconds = sequences, bars, seconds
        self.steps = steps or self._longest()

    def tiles(self, split: str) -> np.ndarray:
        """(first step, steps) of windows that cover each step of a split once, int64 (n, 2)."""
        return self._of(self._sequences.split(split), lambda span: 0)

    def of_span(self, span: Span) -> np.ndarray:
        """The tiles of a span."""
        return self._of([span], lambda span: 0)

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Windows of the training songs, their borders elsewhere each time, in random order."""
        windows = self._of(
            self._sequences.split("train"),
            lambda span: int(rng.integers(self._places(span.song))),
        )
        long_enough = windows[windows[:, 1] >= LEAST * self.steps]
        return rng.permutation(long_enough if len(long_enough) else windows)

    def lengths(self, song: str, first: int, end: int, bars: np.ndarray) -> list[int]:
        """Steps of the windows that steps [first, end) make, of a song or as long as one goes on.

        Args:
            bars: where the bar lines are, see `bars`, counted like `first`.
        """
        borders = self._borders(song, first, end, bars["step"], 0)
        return [steps for _, steps in self._pieces(borders)]

    def _longest(self) -> int:
        spans = self._sequences.split("train")
        lengths = np.concatenate([np.diff(self._borders_of(span, 0)) for span in spans])
        return int(lengths[lengths <= FREAK * np.median(lengths)].max())

    def _of(self, spans: Iterable[Span], phase: Callable[[Span], int]) -> np.ndarray:
        windows = [
            window for span in spans for window in self._pieces(self._borders_of(span, phase(span)))
        ]
        return np.array(windows, np.int64).reshape(-1, 2)

    def _pieces(self, borders: Iterable[int]) -> list[tuple[int, int]]:
        return [
            (begin, min(self.steps, end - begin))
            for first, end in pairwise(borders)
            for begin in range(first, end, self.steps)
        ]

    def _places(self, song: str) -> int:
        """How many places there are where borders may begin: bars or steps."""
        return self.bars if self._is_on_beats(song) else self._steps(song)

    def _is_on_beats(self, song: str) -> bool:
        return self._sequences.steps_per_beat(song) is not None

    def _steps(self, song: str) -> int:
        return max(1, round(self.seconds * self._sequences.rate(song)))

    def _borders_of(self, span: Span, phase: int) -> list[int]:
        lines = self._sequences.bars(span.song)["step"] + span.song_first
        return self._borders(span.song, span.first, span.first + span.steps, lines, phase)

    def _borders(self, song: str, first: int, end: int, lines: np.ndarray, phase: int) -> list[int]:
        """Where windows begin and end: both ends, and between them every so many bars or steps."""
        if self._is_on_beats(song):
            lines = np.rint(lines).astype(np.int64)
            between = lines[(lines >= first) & (lines < end)][phase :: self.bars]
        else:
            between = np.arange(first + phase, end, self._steps(song))
        return sorted({first, *between.tolist(), end})
