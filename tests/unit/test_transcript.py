import pytest

from mathrock.beats import Beat
from mathrock.drumhits import Hit, read_hits, write_hits
from mathrock.grid import beat_grid
from mathrock.midifile import Metre, Note, Tempo
from mathrock.scorebeats import beats_of
from mathrock.transcript import transcript

NOTES = [Note(n / 2 + 0.53, n / 2 + 0.8, 60) for n in range(12)]
BEATS = [Beat(0.5 + n / 2, 1 + n // 3, 1 + n % 3, 3, 4, 120.0, 0.8) for n in range(14)]


def test_beats_become_the_ruler_and_the_facts():
    score, facts = transcript(NOTES, [Hit(0.5, "kick", 99)], BEATS, 0.5)
    assert facts == {"tempo": 120, "metre": "3/4", "beat_confidence": 0.8}
    times = [beat.time for beat in BEATS[:12]]
    assert [beat.time for beat in beats_of(score)] == pytest.approx([0, *times])
    assert score.metres == (Metre(0.0, 1, 4), Metre(0.5, 3, 4))
    assert (score.pitched_notes, score.drum_hits[0].pitch) == (NOTES, 36)


def test_notes_are_moved_where_that_is_asked():
    score, _ = transcript(NOTES, [], BEATS, 0.5, quantise=4)
    clock = beat_grid(score.tempos, 1)
    assert [clock.steps(note.onset) for note in score.pitched_notes] == pytest.approx(range(1, 13))


@pytest.mark.parametrize(("beats", "facts"), [(BEATS, True), (BEATS[:1], False), ([], False)])
def test_beats_that_cannot_be_trusted_are_no_ruler(beats, facts):
    """A single beat has no tempo: what trusts a status must not trust MIDI's own."""
    score, found = transcript(NOTES, [], beats, 0.9, quantise=4)
    assert (score.tempos, score.pitched_notes) == ((Tempo(0.0, 120.0),), NOTES)
    assert bool(found) == facts


def test_the_table_of_hits_comes_back(tmp_path):
    hits = [Hit(0.5, "kick", 99), Hit(1.25, "hat", 1)]
    for some in (hits, []):
        write_hits(tmp_path / "a.tsv", some)
        assert read_hits(tmp_path / "a.tsv") == some
