"""The windows that the VAE sees: whole bars, or so many seconds where bars are not known."""

from collections.abc import Iterator

import numpy as np

from mathrock.sequences import Sequences, Span

FREAK = 1.5  # times the median: longer windows, of bars counted wrong, are cut
LEAST = 0.25  # of the longest window: shorter ones, at a song's ends, are not trained on


class Windows:
    """Windows of packed songs.

    Args:
        bars: of songs on a grid of beats.
        seconds: of songs on a grid of seconds.

    Attributes:
        steps: of the longest.
    """

    def __init__(self, sequences: Sequences, bars: int, seconds: float):
        self._sequences, self._bars, self._seconds = sequences, bars, seconds
        lengths = [np.diff(self._borders(span, 0)) for span in sequences.split("train")]
        lengths = np.concatenate(lengths)
        self.steps = int(lengths[lengths <= FREAK * np.median(lengths)].max())

    def tiles(self, split: str) -> np.ndarray:
        """(first step, steps) of windows that cover each step of a split once, int64 (n, 2)."""
        return self._of(split, lambda span: 0)

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Windows of the training songs, their borders elsewhere each time, in random order."""
        windows = self._of("train", lambda span: int(rng.integers(self._period(span))))
        long_enough = windows[windows[:, 1] >= LEAST * self.steps]
        return rng.permutation(long_enough if len(long_enough) else windows)

    def chain(self, span: Span, first: int, end: int) -> np.ndarray:
        """The windows of steps [first, end) of a song, of which `first` begins one."""
        ...

    def _of(self, split: str, phase) -> np.ndarray:
        windows = [
            window
            for span in self._sequences.split(split)
            for window in self._windows(self._borders(span, phase(span)))
        ]
        return np.array(windows, np.int64).reshape(-1, 2)

    def _windows(self, borders: np.ndarray) -> Iterator[tuple[int, int]]:
        for first, end in zip(borders, borders[1:], strict=False):
            for begin in range(first, end, self.steps):
                yield begin, min(self.steps, end - begin)

    def _period(self, span: Span) -> int:
        """How many places there are where borders may begin: bars or steps."""
        on_beats = self._sequences.steps_per_beat(span.song) is not None
        return self._bars if on_beats else self._steps_of(span)

    def _steps_of(self, span: Span) -> int:
        return max(1, round(self._seconds * self._sequences.rate(span.song)))

    def _borders(self, span: Span, phase: int) -> np.ndarray:
        """Where windows begin and end: the span's ends, and between them every so many bars."""
        end = span.first + span.steps
        if self._sequences.steps_per_beat(span.song) is None:
            lines = np.arange(span.first + phase, end, self._steps_of(span))
        else:
            lines = self._sequences.bars(span.song)["step"] + span.song_first
            lines = np.rint(lines).astype(np.int64)
            lines = lines[(lines >= span.first) & (lines < end)][phase :: self._bars]
        return np.unique([span.first, *lines.tolist(), end])
