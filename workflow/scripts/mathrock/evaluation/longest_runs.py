"""Find the longest run of notes that pieces share with songs: a longest common substring.

Notes are int64 (notes, 2), step and pitch, in that order. Compared are the intervals from each note
to the next, in steps and semitones together. So a run is the same in every key and exact in rhythm,
it may begin and end within a chord, and the lengths of its notes do not count.

Runs of pieces and songs are extended together, note by note. Equal runs have one name, a number; a
run that is one note longer is named by its name so far and its last interval (the naming of Karp,
Miller & Rosenberg 1972). So a comparison takes two numbers, and it is exact. A run that only a
piece or only a song has is dropped, and so is the end of a longer run: after a few notes hardly any
are left, and those few notes take most of the time. (Where one pitch is repeated in a piece and a
song, every length takes as long.) Songs come in batches: memory holds the pieces and one batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from mathrock.pianoroll.planes import ONSET, PITCHES

BATCH = 500_000  # notes of songs that are compared together, or those of one longer song
NO_INTERVAL = -1  # to the first note of a piece
NO_SONG, PAST_END = -1, -2  # numbers of songs: for a piece without its own; past the last note


class Run(NamedTuple):
    """A run of `notes` notes, from note `first` of a piece and note `song_first` of song `song`.

    Notes and songs are counted from 0.
    """

    notes: int
    first: int
    song: int
    song_first: int


class _Joined(NamedTuple):
    """Pieces or songs joined end to end, of n notes together.

    Attributes:
        ways: int64 (n + 1,), the interval to each note from the one before it in its own piece,
            and `NO_INTERVAL` at the end.
        of: int64 (n + 1,), the number of each note's piece, and `PAST_END`.
        starts: int64 (pieces,), each piece's first note.
    """

    intervals: np.ndarray
    of: np.ndarray
    starts: np.ndarray


def notes_of(roll: np.ndarray) -> np.ndarray:
    """List the onsets of a roll, (steps, 128, planes): notes, int64 (notes, 2)."""
    onsets = np.flatnonzero(np.ascontiguousarray(roll[:, :, ONSET]))
    return np.column_stack(np.divmod(onsets, PITCHES))


def longest_runs(
    pieces: Sequence[np.ndarray],
    songs: Iterable[np.ndarray],
    own: Sequence[int | None] | None = None,
    batch: int = BATCH,
) -> list[Run | None]:
    """Find the longest run of each piece that is in a song; None where no two notes are.

    Of equally long runs the first in the songs is taken, then the first in the piece.

    Args:
        pieces, songs: the notes of each; `songs` is iterated once.
        own: the number of each piece's own song, which is not compared with it, or None.
        batch: the least number of songs' notes that are compared together; it changes no run.
    """
    query = _join(pieces, 0)
    own = [NO_SONG if song is None else song for song in own or [None] * len(pieces)]
    own_of = np.array(own, np.int64)[query.of[:-1]]  # of each note
    best = np.zeros((len(pieces), len(Run._fields)), np.int64)
    for number, group in _batches(songs, batch):
        joined = _join(group, number)
        for notes, at, position in _shared_runs(query, joined, own_of):
            piece = query.of[at]
            is_longer = best[piece, 0] < notes
            at, position, piece = at[is_longer], position[is_longer], piece[is_longer]
            if not at.size:
                continue
            begins = np.flatnonzero(np.diff(piece, prepend=-1))
            least = np.minimum.reduceat(position * len(query.intervals) + at, begins)
            position, at = np.divmod(least, len(query.intervals))
            piece, song = piece[begins], joined.of[position]
            first, song_first = at - query.starts[piece], position - joined.starts[song - number]
            best[piece] = np.column_stack([np.full_like(at, notes), first, song, song_first])
    return [Run(*row) if row[0] else None for row in best.tolist()]


def _batches(songs: Iterable[np.ndarray], batch: int) -> Iterator[tuple[int, list[np.ndarray]]]:
    """Yield batches of songs: the number of the first song, and the notes of each."""
    number, group, notes = 0, [], 0
    for song in songs:
        group.append(song)
        notes += len(song)
        if notes >= batch:
            yield number, group
            number, group, notes = number + len(group), [], 0
    if group:
        yield number, group


def _join(pieces: Sequence[np.ndarray], number: int) -> _Joined:
    """Join pieces end to end, numbered from `number` on."""
    lengths = np.array([len(piece) for piece in pieces], np.int64)
    starts = np.cumsum(lengths) - lengths
    notes = np.concatenate([np.zeros((0, 2), np.int64), *pieces])
    intervals = np.full(len(notes) + 1, NO_INTERVAL)
    steps, semitones = np.diff(notes, axis=0).T
    intervals[1:-1] = steps * 2 * PITCHES + semitones + PITCHES
    intervals[starts] = NO_INTERVAL
    of = np.repeat(np.arange(number, number + len(pieces)), lengths)
    return _Joined(intervals, np.append(of, PAST_END), starts)


def _shared_runs(
    query: _Joined, songs: _Joined, own_of: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Find the runs of 2, 3, ... notes that `query` and `songs` share, up to the longest.

    Yields:
        The number of notes; the first note of each such run in `query`, ascending, int64 (runs,);
        and that of the first equal run in `songs`, the own song left out.
    """
    more = query.intervals.max() + 1
    song_intervals = np.where(songs.intervals < more, songs.intervals, NO_INTERVAL)
    at, name = np.arange(len(query.of) - 1), np.zeros(len(query.of) - 1, np.int64)
    song_at, song_name = np.arange(len(songs.of) - 1), np.zeros(len(songs.of) - 1, np.int64)
    notes = 1
    while True:
        at, name = _extend(query.intervals, at, name, notes, more)
        song_at, song_name = _extend(song_intervals, song_at, song_name, notes, more)
        if not at.size or not song_at.size:
            return
        names, name = np.unique(name, return_inverse=True)
        found = np.searchsorted(names, song_name)
        is_in_query = names[np.minimum(found, len(names) - 1)] == song_name
        song_at, song_name = song_at[is_in_query], found[is_in_query]
        before, song_before = query.intervals[at], song_intervals[song_at]
        is_maximal = _left_maximal(song_before, song_name, before, name, len(names))
        song_at, song_name = song_at[is_maximal], song_name[is_maximal]
        first = _first_positions(song_at, song_name, len(names), songs)
        is_other = songs.of[song_at] != songs.of[first[song_name]]
        other = _first_positions(song_at[is_other], song_name[is_other], len(names), songs)
        position = np.where(songs.of[first[name]] == own_of[at], other[name], first[name])
        is_shared = songs.of[position] != PAST_END
        at, name = at[is_shared], name[is_shared]
        notes += 1
        yield notes, at, position[is_shared]


def _extend(
    intervals: np.ndarray, at: np.ndarray, name: np.ndarray, notes: int, more: int
) -> tuple[np.ndarray, np.ndarray]:
    """Extend the runs of so many `notes` at the notes `at` by one, where the piece goes on."""
    interval = intervals[at + notes]
    goes_on = interval != NO_INTERVAL
    return at[goes_on], name[goes_on] * more + interval[goes_on]


def _left_maximal(
    song_before: np.ndarray,
    song_name: np.ndarray,
    before: np.ndarray,
    name: np.ndarray,
    names: int,
) -> np.ndarray:
    """Tell which runs of the songs are left-maximal, by the intervals that lead to them.

    Where the same interval leads to all runs of a name in the pieces, a run in a song to which it
    leads, too, is the end of a run that is longer by a note.
    """
    common = np.full(names, NO_INTERVAL)
    common[name] = before
    common[name[before != common[name]]] = NO_INTERVAL
    return (common[song_name] == NO_INTERVAL) | (song_before != common[song_name])


def _first_positions(
    positions: np.ndarray, name: np.ndarray, names: int, songs: _Joined
) -> np.ndarray:
    """Find each name's first among the ascending `positions`; past the end where there is none."""
    first = np.full(names, len(songs.of) - 1)
    first[name[::-1]] = positions[::-1]  # of several the last is kept
    return first
