"""Find where a packed song's steps lie in seconds, which training does not need."""

from mathrock.dataset.sequences import Sequences
from mathrock.music.grid import Grid, grid_through, time_grid


def grid_of(sequences: Sequences, song: str) -> Grid:
    """Make a song's grid; on a grid of beats a bar's tempo is even."""
    if sequences.steps_per_beat(song) is None:
        return time_grid(sequences.rate(song))
    bars = sequences.bars(song)
    return grid_through(bars["step"], bars["seconds"])
