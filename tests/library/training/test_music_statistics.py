import numpy as np
import pytest

from mathrock.dataset.conditioning import conditioning_size
from mathrock.dataset.sequences import Sequences
from mathrock.models.step_likelihood import ONSET_DECISION, SUSTAIN_DECISION
from mathrock.pianoroll.planes import ONSET, SOUNDING
from mathrock.training import music_statistics
from splits import TEST, TRAIN, VALID


@pytest.fixture
def songs(pack_songs, riff):
    rolls = {TRAIN: riff(100), VALID: riff(60, [30, 90]), TEST: riff(60, [31])}
    return Sequences(pack_songs(rolls, cycles=(8, 64))[0])


def test_a_decision_is_as_frequent_as_its_yes_where_it_is_asked(songs, riff):
    roll = riff(100)
    found = music_statistics.describe(songs).frequencies
    struck = roll[:, :, ONSET].sum(axis=0)
    assert found[:, ONSET_DECISION] == pytest.approx((struck + 0.5) / 101)
    before = np.concatenate([np.zeros((1, 128), bool), roll[:-1, :, SOUNDING]])
    counts = (before & ~roll[:, :, ONSET]).sum(axis=0)
    goes_on = (roll[:, :, SOUNDING] & ~roll[:, :, ONSET]).sum(axis=0)
    assert found[:, SUSTAIN_DECISION] == pytest.approx((goes_on + 0.5) / (counts + 1))
    assert 0 < found.min() < found.max() < 1


def test_answers_are_counted_by_whether_the_pitch_sounded(songs, riff):
    positives, counts = music_statistics.count_targets(songs)
    assert counts[:, :, ONSET_DECISION].sum(axis=0) == pytest.approx(np.full(128, 100))
    assert counts[1, 60, ONSET_DECISION] == riff(99)[:, 60, SOUNDING].sum()
    assert not counts[0, :, SUSTAIN_DECISION].any()
    assert (positives <= counts).all()


def test_chunks_do_not_change_the_counts(songs, monkeypatch):
    whole = music_statistics.count_targets(songs)
    monkeypatch.setattr(music_statistics, "_CHUNK", 7)
    assert np.array_equal(music_statistics.count_targets(songs), whole)


def test_the_first_step_of_a_held_out_end_knows_its_past(pack_songs, riff):
    """The training part alone is counted, and its last step is not mixed with the end."""
    sequences = Sequences(pack_songs({TRAIN: riff(100)}, valid=0.2)[0])
    assert music_statistics.describe(sequences).steps == 80
    assert music_statistics.count_targets(sequences)[1][:, 60, ONSET_DECISION].sum() == 80


def test_the_facts_are_of_the_training_songs(songs):
    found = music_statistics.describe(songs)
    assert (found.planes, found.cycles, found.steps) == (2, (8, 64), 100)
    assert (found.lowest, found.highest) == (60, 67)


@pytest.mark.parametrize(
    ("pitches", "reached"), [([60, 67], (55, 73)), ([23, 107], (21, 108)), ([10, 110], (10, 110))]
)
def test_reach_includes_transposition_on_the_piano(pack_songs, riff, pitches, reached):
    sequences = Sequences(pack_songs({TRAIN: riff(60, pitches)}, valid=0.1)[0])
    found = music_statistics.describe(sequences, (-5, 6))
    assert (found.lowest, found.highest) == reached


def test_silence_reaches_over_the_piano(pack_songs):
    found = music_statistics.describe(
        Sequences(pack_songs({TRAIN: np.zeros((40, 128, 2), bool)})[0])
    )
    assert (found.lowest, found.highest) == (21, 108)
    assert np.isfinite(np.log(found.frequencies)).all()


def test_styles_are_as_many_as_the_songs_tell(pack_songs, riff):
    rolls = {TRAIN: riff(100), VALID: riff(40)}
    sequences = Sequences(pack_songs(rolls)[0])
    assert music_statistics.describe(sequences).styles == conditioning_size(sequences)
