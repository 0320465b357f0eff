import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.evaluation.longest_runs import Run, longest_runs, notes_of
from mathrock.pianoroll.planes import ONSET

TUNE = np.array([(0, 60), (2, 64), (3, 67), (3, 72), (7, 71), (8, 60), (10, 62)])
LOW = np.array([(0, 30), (9, 35), (11, 30)])  # shares no way with it


def up(notes, semitones, steps=0):
    return notes + np.array([steps, semitones])


def after(*pieces):
    """The pieces' notes as those of one, 50 steps after each other's ends."""
    joined = [pieces[0]]
    for piece in pieces[1:]:
        joined.append(up(piece, 0, joined[-1][-1, 0] + 50))
    return np.concatenate(joined)


def longest(piece, *songs, **knobs):
    (run,) = longest_runs([piece], songs, **knobs)
    return run


def test_a_planted_copy_is_found_in_another_key_at_its_place():
    song = after(LOW, up(TUNE, -7), LOW)
    assert longest(after(LOW[:1], TUNE), LOW, song) == Run(notes=7, first=1, song=1, song_first=3)


def test_without_the_copy_nothing_is_found():
    assert longest(TUNE, after(LOW, LOW)) is None


def test_a_changed_rhythm_ends_the_run():
    late = TUNE.copy()
    late[5:, 0] += 1
    assert longest(TUNE, late) == Run(5, 0, 0, 0)


def test_a_changed_pitch_ends_the_run():
    wrong = TUNE.copy()
    wrong[2, 1] += 1
    assert longest(TUNE, wrong) == Run(4, 3, 0, 3)


def test_a_run_may_begin_and_end_within_a_chord():
    chord = np.array([(0, 40), (0, 44), (0, 47), (4, 40), (4, 45), (4, 50)])
    other = np.array([(0, 44), (0, 47), (4, 40), (4, 45), (4, 49)])
    assert longest(chord, other) == Run(4, 1, 0, 0)


def test_a_run_crosses_neither_songs_nor_pieces():
    parts = TUNE[:3], TUNE[3:]
    assert longest(TUNE, *parts).notes == 4
    assert [run.notes for run in longest_runs(parts, [TUNE])] == [3, 4]


def test_one_pitch_repeated_is_as_long_as_the_shorter_row():
    row = np.column_stack([np.arange(0, 40, 2), np.full(20, 60)])
    assert longest(row, up(row[:9], 5)) == Run(9, 0, 0, 0)
    assert longest(row[:9], up(row, 5)) == Run(9, 0, 0, 0)
    assert longest(row, row[::2]) is None


def test_of_equally_long_runs_the_first_song_counts_and_there_the_first_place():
    song = after(LOW, TUNE[3:], TUNE[3:])
    assert longest(TUNE, LOW, song, song) == Run(4, 3, 1, 3)
    halves = after(up(TUNE[3:6], 0), TUNE[:3])
    assert longest(TUNE, halves) == Run(3, 3, 0, 0)


def test_a_pieces_own_song_is_not_looked_at():
    songs = [TUNE[:4], TUNE, TUNE[:5]]
    for own, run in {None: Run(7, 0, 1, 0), 1: Run(5, 0, 2, 0), 2: Run(7, 0, 1, 0)}.items():
        assert longest(TUNE, *songs, own=[own]) == run
        assert longest(TUNE, *songs, own=[own], batch=1) == run
    assert longest(TUNE, TUNE, own=[0]) is None


@pytest.mark.parametrize("notes", [0, 1])
def test_nothing_is_shared_with_hardly_a_note(notes):
    assert longest(TUNE[:notes], TUNE) is None
    assert longest(TUNE, TUNE[:notes]) is None
    assert longest(TUNE, TUNE[:notes], TUNE) == Run(7, 0, 1, 0)
    assert longest_runs([TUNE, TUNE[:notes], TUNE], [TUNE])[1:] == [None, Run(7, 0, 0, 0)]


def test_no_pieces_and_no_songs():
    assert longest_runs([], [TUNE]) == []
    assert longest_runs([TUNE], []) == [None]


def test_far_notes_and_all_pitches_keep_apart():
    ends = np.array([(0, 0), (0, 127), (1, 0)])
    assert longest(ends, np.array([(0, 5), (1, 4)])) is None
    far = np.array([(0, 5), (10**6, 5), (10**6 + 1, 9)])
    assert longest(far, far) == Run(3, 0, 0, 0)
    assert longest(far, np.array([(0, 5), (10**6 - 1, 5)])) is None


def test_notes_are_what_is_struck_by_step_and_pitch():
    roll = np.zeros((4, 128, 2), np.bool_)
    roll[[2, 0, 2, 3], [9, 127, 0, 4], ONSET] = True
    roll[1] = [True, False]
    assert notes_of(roll).tolist() == [[0, 127], [2, 0], [2, 9], [3, 4]]
    assert notes_of(roll[:0]).shape == (0, 2)


def notes():
    """Few notes of few pitches and steps, so that much is shared."""
    places = st.tuples(st.integers(0, 9), st.integers(60, 62))
    return st.lists(places, unique=True, max_size=12).map(
        lambda found: np.array(sorted(found), np.int64).reshape(-1, 2)
    )


def brute(piece, songs, own):
    """The longest run by comparing all with all, note by note."""
    best = None
    for number, song in enumerate(songs):
        for there in range(len(song) if number != own else 0):
            for at in range(len(piece)):
                ways = zip(piece[at:] - piece[at], song[there:] - song[there], strict=False)
                same = [bool((one == other).all()) for one, other in ways]
                count = (*same, False).index(False)
                if count > (best.notes if best else 1):
                    best = Run(count, at, number, there)
    return best


@given(st.lists(notes(), max_size=4), st.lists(notes(), max_size=5), st.data())
def test_all_is_as_by_brute_force_in_batches_of_any_size(pieces, songs, data):
    numbers = st.sampled_from([None, *range(len(songs))])
    own = data.draw(st.lists(numbers, min_size=len(pieces), max_size=len(pieces)))
    expected = [brute(piece, songs, its) for piece, its in zip(pieces, own, strict=True)]
    for batch in (1, 7, 1000):
        assert longest_runs(pieces, iter(songs), own, batch) == expected
