from itertools import pairwise

import pytest

from mathrock.demo import surf
from mathrock.demo.players import REPEAT_GAP
from mathrock.demo.songs import COMPOSERS, GENRES
from mathrock.demo.songs import compose as compose_any
from mathrock.demo.surf import BEATS, FILLS, PICKING, PIECES, SNARE, compose
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Metre

RANGES = {"Lead guitar": (40, 72), "Rhythm guitar": (57, 76), "Bass": (28, 55), "Drums": (36, 51)}
SCORES = {name: compose(name) for name in PIECES}
every_piece = pytest.mark.parametrize("name", PIECES)


def slots_of(name, part):
    """Struck sixteenths, counted from the start -> pitches."""
    slots = {}
    for note in SCORES[name].parts[part].notes:
        slot = round(note.onset * PIECES[name].bpm / 15)
        slots.setdefault(slot, set()).add(note.pitch)
    return slots


def sections_of(name, part):
    """What the part plays in each section of the form: [(letter, {slot: pitches}), ...]."""
    slots, start, found = slots_of(name, part), 0, []
    for letter in PIECES[name].form:
        end = start + 16 * len(PIECES[name].sections[letter].chords)
        found.append((letter, {s - start: slots[s] for s in slots if start <= s < end}))
        start = end
    return found


@every_piece
def test_lasts_about_half_a_minute_of_four_four(name):
    score = SCORES[name]
    assert 25 <= max(note.offset for part in score.parts for note in part.notes) <= 45
    assert score.metres == (Metre(0.0, 4, 4),)
    assert [tempo.bpm for tempo in score.tempos] == [PIECES[name].bpm]
    assert 150 <= PIECES[name].bpm <= 180


def test_is_determined_by_the_seed():
    assert compose("undertow", 3) == compose("undertow", 3)
    assert compose("undertow", 3) != compose("undertow", 4)


def test_refuses_an_unknown_name_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'waltz'.*undertow"):
        compose("waltz")
    with pytest.raises(ValueError, match=r"'waltz'.*seven-lanterns.*undertow"):
        compose_any("waltz")


def test_the_demo_has_two_genres_of_pieces():
    assert len(GENRES) == sum(len(module.PIECES) for module in COMPOSERS.values()) == 16
    assert compose_any("undertow", 1) == compose("undertow", 1)
    assert compose_any("paper-planets").title == "Paper Planets"


@pytest.mark.parametrize("seed", [0, 1, 2])
@every_piece
def test_notes_are_playable(name, seed):
    for part in compose(name, seed).parts:
        low, high = RANGES[part.name]
        last = {}
        assert part.is_drum == (part.name == "Drums")
        for note in part.notes:
            assert low <= note.pitch <= high
            assert 1 <= note.velocity <= 127
            assert note.offset - note.onset > 0.03
            if not part.is_drum:
                assert note.onset >= last.get(note.pitch, -1) + REPEAT_GAP - 1e-9
            last[note.pitch] = note.offset


@every_piece
def test_themes_come_back_note_for_note(name):
    form = PIECES[name].form
    assert "AABA" in form
    for part in range(3):
        played = dict(sections_of(name, part))
        assert all(played[letter] == now for letter, now in sections_of(name, part))
        assert played["A"] != played["B"]


@every_piece
def test_the_lead_plays_one_note_at_a_time_and_tremolo(name):
    slots = slots_of(name, 0)
    alone = [slot for slot in slots if len(slots[slot]) == 1]
    assert alone == list(slots)[:-1]  # the last is the chord
    repeated = sum(slots.get(slot + 1) == slots[slot] for slot in alone)
    assert repeated > 0.25 * len(slots)


@every_piece
def test_the_snare_is_on_two_and_the_and_of_two_and_four(name):
    for letter, hits in sections_of(name, 3):
        if PIECES[name].sections[letter].beat != "toms":
            assert [slot for slot in range(16) if SNARE in hits.get(slot, ())] == [4, 6, 12]


@every_piece
def test_ends_on_a_held_chord(name):
    notes = SCORES[name].pitched_notes
    end = max(note.offset for note in notes)
    assert sum(note.offset > end - 0.2 and end - note.onset > 2 for note in notes) == 7


@every_piece
def test_music_goes_on_without_silences(name):
    notes = SCORES[name].pitched_notes
    assert max(b.onset - a.onset for a, b in pairwise(notes)) < 1


@every_piece
def test_what_a_section_names_is_known_and_fits(name):
    for section in PIECES[name].sections.values():
        assert section.picking in PICKING
        assert section.comping in surf.COMPING
        assert section.beat in BEATS
        last = section.theme[-1]
        assert last.slot + last.length <= 16 * len(section.chords)


def test_fills_last_a_bar():
    assert {len(fill) for fill in FILLS} == {16}


@every_piece
def test_survives_midi(name, tmp_path):
    write_score(tmp_path / "piece.mid", SCORES[name])
    written = read_score(tmp_path / "piece.mid")
    assert [len(p.notes) for p in written.parts] == [len(p.notes) for p in SCORES[name].parts]
