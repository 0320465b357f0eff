from collections import Counter
from itertools import pairwise

import pytest

from mathrock.demo.math_rock import PIECES, compose
from mathrock.demo.players import REPEAT_GAP
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score

RANGES = {"Guitar L": (40, 88), "Guitar R": (40, 88), "Bass": (28, 55), "Drums": (36, 49)}
DRUM_KIT = {36, 38, 42, 46, 49}
SCORES = {name: compose(name) for name in PIECES}
every_piece = pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)


def duration(score):
    return max(note.offset for part in score.parts for note in part.notes)


def quarters(score, time):
    """Quarter notes from the start to `time` under the tempo map."""
    ends = [tempo.time for tempo in score.tempos[1:]] + [float("inf")]
    spans = zip(score.tempos, ends, strict=True)
    return sum(max(0, min(time, end) - tempo.time) * tempo.bpm / 60 for tempo, end in spans)


def sixteenths(score, part):
    """Struck slots of the sixteenth grid -> pitches."""
    slots = {}
    for note in part.notes:
        slots.setdefault(round(quarters(score, note.onset) * 4), set()).add(note.pitch)
    return slots


def bar_slots(score):
    """First slot and number of slots of every bar."""
    bars = []
    starts = [round(quarters(score, metre.time) * 4) for metre in score.metres]
    end = round(quarters(score, duration(score)) * 4)
    for metre, start, stop in zip(score.metres, starts, [*starts[1:], end], strict=True):
        length = metre.numerator * 16 // metre.denominator
        bars += [(slot, length) for slot in range(start, stop, length)]
    return bars


def signatures(score):
    return {(metre.numerator, metre.denominator) for metre in score.metres}


@every_piece
def test_lasts_half_a_minute_to_a_minute(score):
    assert 30 <= duration(score) <= 60


def test_is_determined_by_the_seed():
    assert compose("seven-lanterns", 3) == compose("seven-lanterns", 3)
    assert compose("seven-lanterns", 3) != compose("seven-lanterns", 4)


def test_refuses_an_unknown_name_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'waltz'.*seven-lanterns"):
        compose("waltz")


def test_metres_are_as_promised():
    constant = {next(iter(signatures(s))) for s in SCORES.values() if len(signatures(s)) == 1}
    assert {(5, 4), (7, 8), (11, 8), (4, 4)} <= constant
    assert signatures(SCORES["glass-staircase"]) == {(7, 8), (5, 8), (9, 8)}
    assert signatures(SCORES["moth-at-the-window"]) == {(5, 4), (4, 4), (7, 8)}


def test_one_piece_changes_its_tempo_in_the_middle():
    assert [round(tempo.bpm) for tempo in SCORES["slow-tide-fast-tide"].tempos] == [112, 148, 112]


@every_piece
def test_metres_and_tempos_change_on_bar_lines(score):
    assert score.metres[0].time == score.tempos[0].time == 0
    changes = [quarters(score, metre.time) for metre in score.metres]
    for metre, (start, end) in zip(score.metres, pairwise(changes), strict=False):
        bars = (end - start) / (metre.numerator * 4 / metre.denominator)
        assert bars == pytest.approx(round(bars), abs=1e-6)
    starts = {slot for slot, _ in bar_slots(score)}
    assert {round(quarters(score, tempo.time) * 4) for tempo in score.tempos} <= starts


@every_piece
def test_bars_begin_with_an_accent(score):
    first = {slot for slot, _ in bar_slots(score)}
    strokes = [
        (round(quarters(score, n.onset) * 4) in first, n.velocity) for n in score.parts[0].notes
    ]
    downbeats = [velocity for begins, velocity in strokes if begins]
    others = [velocity for begins, velocity in strokes if not begins]
    assert sum(downbeats) / len(downbeats) > sum(others) / len(others) + 5


@every_piece
def test_onsets_stay_within_4_ms_of_the_grid(score):
    sixteenth = 15 / max(tempo.bpm for tempo in score.tempos)
    for part in score.parts:
        for note in part.notes:
            grid = quarters(score, note.onset) * 4
            assert abs(grid - round(grid)) * sixteenth <= 0.004 + 1e-9


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", PIECES)
def test_notes_are_playable(name, seed):
    for part in compose(name, seed).parts:
        low, high = RANGES[part.name]
        last = {}
        assert part.is_drum == (part.name == "Drums")
        for note in part.notes:
            assert low <= note.pitch <= high
            assert 1 <= note.velocity <= 127
            assert note.offset - note.onset > 0.03
            assert note.onset >= last.get(note.pitch, -1) + REPEAT_GAP - 1e-9
            last[note.pitch] = note.offset
        if part.is_drum:
            assert {note.pitch for note in part.notes} <= DRUM_KIT


def test_about_half_of_the_pieces_have_drums():
    drummed = sum(any(part.is_drum for part in score.parts) for score in SCORES.values())
    assert 0.4 <= drummed / len(SCORES) <= 0.6


@every_piece
def test_guitars_repeat_notes(score):
    pairs = [pair for part in score.parts[:2] for pair in pairwise(part.notes)]
    repeated = sum(first.pitch == second.pitch for first, second in pairs) / len(pairs)
    assert 0.1 < repeated < 0.5


@every_piece
def test_guitars_interlock(score):
    left, right = (sixteenths(score, part).keys() for part in score.parts[:2])
    assert len(left ^ right) / len(left | right) > 0.6


@every_piece
def test_riffs_recur(score):
    slots = sixteenths(score, score.parts[0])
    bars = Counter(
        tuple((i, *sorted(slots.get(start + i, ()))) for i in range(length))
        for start, length in bar_slots(score)
    )
    recurring = sum(count for count in bars.values() if count > 1)
    assert recurring / bars.total() > 0.5


@every_piece
def test_music_goes_on_without_silences_or_clusters(score):
    notes = score.pitched_notes
    assert max(b.onset - a.onset for a, b in pairwise(notes)) < 1
    sounding = [sum(n.onset <= note.onset < n.offset for n in notes) for note in notes]
    assert sum(count > 6 for count in sounding) / len(sounding) < 0.1


@every_piece
def test_ends_on_a_held_chord(score):
    end = duration(score)
    assert (
        sum(note.offset > end - 0.2 and end - note.onset > 1.5 for note in score.pitched_notes) >= 6
    )


def test_polyrhythm_puts_threes_against_four():
    score = SCORES["threes-and-fives"]
    struck = [slot for slot in sixteenths(score, score.parts[0]) if slot < 32]
    assert struck == [slot for slot in range(32) if slot % 3 != 1]


@every_piece
def test_survives_midi(score, tmp_path):
    write_score(tmp_path / "piece.mid", score)
    written = read_score(tmp_path / "piece.mid")
    assert [len(part.notes) for part in written.parts] == [len(part.notes) for part in score.parts]
    assert [part.name for part in written.parts] == [part.name for part in score.parts]
    assert [metre[1:] for metre in written.metres] == [metre[1:] for metre in score.metres]
