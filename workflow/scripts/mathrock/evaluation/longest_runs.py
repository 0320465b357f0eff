"""The longest run of notes that pieces share with any of many songs, at any transposition.

Notes are int64 (notes, 2), step and pitch, in that order. Compared are the ways from each note to
the next, steps and semitones together: so a run is the same in every key and exact in rhythm, may
begin and end within a chord, and takes no account of how long its notes are held.

Runs grow note by note, on both sides at once. Equal ones bear one name, a number, and a run that is
one note longer is named by what it was before and its last way (the naming of Karp, Miller &
Rosenberg 1972), so no comparison is longer than two numbers and none is left to chance. What stands
on one side alone grows no further, nor what is but the end of a longer run; that is nearly all
after a few notes, whose time is the time that it takes. (Where one pitch is repeated on both sides,
each length takes as long.) Songs come in batches, so memory is that of the pieces and of one batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from mathrock.pianoroll.planes import ONSET, PITCHES

BATCH = 500_000  # notes of the songs that are looked at together, or those of one longer song
NO_WAY = -1  # to a first note from the one before
NO_SONG, PAST_END = -1, -2  # numbers of songs: of a piece without its own; past a line's last note


class Run(NamedTuple):
    """`notes` notes of a piece from `first` on, as those of song `song` from `song_first` on.

    Notes and songs are counted from 0.
    """

    notes: int
    first: int
    song: int
    song_first: int


class _Line(NamedTuple):
    """Pieces or songs in a row, of n notes together.

    Attributes:
        ways: int64 (n + 1,), the way to each note from the one before it in its own piece, and one
            more that is none.
        of: int64 (n + 1,), the number of each note's piece, and `PAST_END`.
        starts: int64 (pieces,), each piece's first note.
    """

    ways: np.ndarray
    of: np.ndarray
    starts: np.ndarray


def notes_of(roll: np.ndarray) -> np.ndarray:
    """What is struck in a roll, (steps, 128, planes): its notes, int64 (notes, 2)."""
    struck = np.flatnonzero(np.ascontiguousarray(roll[:, :, ONSET]))
    return np.column_stack(np.divmod(struck, PITCHES))


def longest_runs(
    pieces: Sequence[np.ndarray],
    songs: Iterable[np.ndarray],
    own: Sequence[int | None] | None = None,
    batch: int = BATCH,
) -> list[Run | None]:
    """The longest run of each piece that stands in a song; None where not even two notes do.

    Of equally long ones it is that which stands first in the songs, and then first in the piece.

    Args:
        pieces, songs: the notes of each. The songs are gone through once.
        own: of each piece the number of a song, its own, that is not looked at for it.
        batch: how many notes of songs are looked at together, at least; it changes no run.
    """
    asked = _in_line(pieces, 0)
    own = [NO_SONG if song is None else song for song in own or [None] * len(pieces)]
    own_of = np.array(own, np.int64)[asked.of[:-1]]  # of each note
    best = np.zeros((len(pieces), len(Run._fields)), np.int64)
    for number, group in _batches(songs, batch):
        line = _in_line(group, number)
        for notes, at, place in _shared(asked, line, own_of):
            piece = asked.of[at]
            is_more = best[piece, 0] < notes
            at, place, piece = at[is_more], place[is_more], piece[is_more]
            if not at.size:
                continue
            begins = np.flatnonzero(np.diff(piece, prepend=-1))
            least = np.minimum.reduceat(place * len(asked.ways) + at, begins)
            place, at = np.divmod(least, len(asked.ways))
            piece, song = piece[begins], line.of[place]
            first, song_first = at - asked.starts[piece], place - line.starts[song - number]
            best[piece] = np.column_stack([np.full_like(at, notes), first, song, song_first])
    return [Run(*row) if row[0] else None for row in best.tolist()]


def _batches(songs: Iterable[np.ndarray], batch: int) -> Iterator[tuple[int, list[np.ndarray]]]:
    """The number of each batch's first song, and its songs' notes."""
    number, group, notes = 0, [], 0
    for song in songs:
        group.append(song)
        notes += len(song)
        if notes >= batch:
            yield number, group
            number, group, notes = number + len(group), [], 0
    if group:
        yield number, group


def _in_line(pieces: Sequence[np.ndarray], number: int) -> _Line:
    """The pieces in a row, numbered from `number` on."""
    lengths = np.array([len(piece) for piece in pieces], np.int64)
    starts = np.cumsum(lengths) - lengths
    notes = np.concatenate([np.zeros((0, 2), np.int64), *pieces])
    ways = np.full(len(notes) + 1, NO_WAY)
    steps, semitones = np.diff(notes, axis=0).T
    ways[1:-1] = steps * 2 * PITCHES + semitones + PITCHES
    ways[starts] = NO_WAY
    of = np.repeat(np.arange(number, number + len(pieces)), lengths)
    return _Line(ways, np.append(of, PAST_END), starts)


def _shared(
    asked: _Line, songs: _Line, own_of: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Runs of 2, 3, ... notes that both have, up to the longest.

    Yields:
        How many notes; the first note of each such run in `asked`, ascending, int64 (runs,); and
        of its first like in `songs`, its own song left out.
    """
    more = asked.ways.max() + 1
    song_ways = np.where(songs.ways < more, songs.ways, NO_WAY)
    at, name = np.arange(len(asked.of) - 1), np.zeros(len(asked.of) - 1, np.int64)
    there, name_there = np.arange(len(songs.of) - 1), np.zeros(len(songs.of) - 1, np.int64)
    notes = 1
    while True:
        at, name = _grown(asked.ways, at, name, notes, more)
        there, name_there = _grown(song_ways, there, name_there, notes, more)
        if not at.size or not there.size:
            return
        names, name = np.unique(name, return_inverse=True)
        found = np.searchsorted(names, name_there)
        is_asked = names[np.minimum(found, len(names) - 1)] == name_there
        there, name_there = there[is_asked], found[is_asked]
        starts = _starts(song_ways[there], name_there, asked.ways[at], name, len(names))
        there, name_there = there[starts], name_there[starts]
        first = _first(there, name_there, len(names), songs)
        is_other = songs.of[there] != songs.of[first[name_there]]
        other = _first(there[is_other], name_there[is_other], len(names), songs)
        place = np.where(songs.of[first[name]] == own_of[at], other[name], first[name])
        stands = songs.of[place] != PAST_END
        at, name = at[stands], name[stands]
        notes += 1
        yield notes, at, place[stands]


def _grown(
    ways: np.ndarray, at: np.ndarray, name: np.ndarray, notes: int, more: int
) -> tuple[np.ndarray, np.ndarray]:
    """The runs of so many `notes` at the notes `at` that go on, and their names with one more."""
    way = ways[at + notes]
    goes_on = way != NO_WAY
    return at[goes_on], name[goes_on] * more + way[goes_on]


def _starts(
    way_there: np.ndarray, name_there: np.ndarray, way: np.ndarray, name: np.ndarray, names: int
) -> np.ndarray:
    """Which runs of the songs may be the start of a longer one, by the ways that lead to them.

    Where the same way leads to all runs of a name in the pieces, one in a song to which it leads,
    too, is but the end of a run that is longer by a note.
    """
    common = np.full(names, NO_WAY)
    common[name] = way
    common[name[way != common[name]]] = NO_WAY
    return (common[name_there] == NO_WAY) | (way_there != common[name_there])


def _first(places: np.ndarray, name: np.ndarray, names: int, songs: _Line) -> np.ndarray:
    """The first of the ascending `places` that bears each name; where none does, past the end."""
    first = np.full(names, len(songs.of) - 1)
    first[name[::-1]] = places[::-1]  # of several the last is kept
    return first
